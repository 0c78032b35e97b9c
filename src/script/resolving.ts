/** Has `physmem` mean this package, wherever it is imported from. */
import * as nodeModule from 'node:module'

const OWN = /^physmem(?:\/|$)/

/** Of Node's hooks: https://nodejs.org/api/module.html#resolvespecifier-context-nextresolve */
type Resolve = (specifier: string, context: object) => unknown
interface Hooks {
  resolve(specifier: string, context: object, next: Resolve): unknown
}

/** Since Node 22.15 and 23.5; before, hooks run on a thread of their own. */
const { registerHooks } = nodeModule as { registerHooks?: (hooks: Hooks) => void }

/** On that thread nothing else of this module is. */
const APART = `
let here
export function initialize(url) { here = url }
export function resolve(specifier, context, next) {
  return next(specifier, ${OWN}.test(specifier) ? { ...context, parentURL: here } : context)
}`

/**
 * From here on an import of `physmem`, or of one of its subpaths, is of this package, which a package
 * may import by its own name: no other one is looked for where the importing file is.
 */
export function resolveHere(): void {
  const here = import.meta.url
  if (registerHooks !== undefined) {
    registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, OWN.test(specifier) ? { ...context, parentURL: here } : context),
    })
    return
  }
  const source = `data:text/javascript,${encodeURIComponent(APART)}`
  nodeModule.register(source, { parentURL: here, data: here })
}
