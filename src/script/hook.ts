/** How imports of scripts are resolved: a hook of Node, as https://nodejs.org/api/module.html has them. */

type Next = (specifier: string, context: object) => Resolved | Promise<Resolved>
interface Resolved {
  url: string
  format?: string | null
}

/** An import of this package, or of one of its subpaths. */
const OWN = /^physmem(?:\/|$)/

/** A package may import itself by its name: so `physmem` is looked for from here. */
const here = import.meta.url

/**
 * Has `physmem` mean this package, wherever it is imported from, and TypeScript be ES modules: tsx takes
 * a file .ts for CommonJS where no package.json says otherwise. Where what follows it waits, it does, too.
 */
export function resolve(specifier: string, context: object, next: Next) {
  const found = next(specifier, OWN.test(specifier) ? { ...context, parentURL: here } : context)
  return found instanceof Promise ? found.then(asModule) : asModule(found)
}

function asModule(found: Resolved): Resolved {
  const isTaken = found.format === 'commonjs' && /\.ts(?:\?|$)/.test(found.url)
  return isTaken ? { ...found, format: 'module' } : found
}
