/** What makes JavaScript of a script in TypeScript. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { RequestError } from '../base/errors.ts'

/** Of tsx, by its own documentation of `tsx/esm/api`. */
interface Tsx {
  register(): unknown
}

/**
 * Has the imports that follow translate TypeScript: by the `tsx` that is installed where the script is, or
 * else by Node itself. Throws EUSAGE where neither does.
 */
export async function translate(file: string): Promise<void> {
  const tsx = tsxAt(file)
  if (tsx !== undefined) {
    const { register } = (await import(tsx)) as Tsx
    register()
    return
  }
  // `strip` or `transform`; Node 22.18 is the first that has it without a flag.
  const { typescript } = process.features as { typescript?: string | false }
  if (typescript) return
  const message = `${file} is TypeScript, which Node ${process.versions.node} does not run by itself`
  const cure =
    'Node 22.18 or newer does; or install tsx where the script is, or write JavaScript (.mjs)'
  throw new RequestError('EUSAGE', message, { input: file, cure })
}

/** The address of what `tsx/esm/api` is for ES modules: require() would find that for CommonJS. */
function tsxAt(file: string): string | undefined {
  try {
    const description = createRequire(file).resolve('tsx/package.json')
    const { exports } = JSON.parse(readFileSync(description, 'utf8'))
    const path = exports['./esm/api'].import.default
    return new URL(path, pathToFileURL(description)).href
  } catch {
    return undefined
  }
}
