/** What makes JavaScript of a script in TypeScript. */
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
    const loaded = (await import(pathToFileURL(tsx).href)) as Tsx & { default?: Tsx }
    ;(loaded.default ?? loaded).register()
    return
  }
  // `strip` or `transform`; Node 22.18 is the first that has it without a flag.
  const { typescript } = process.features as { typescript?: string | false }
  if (typescript) return
  const message = `${file} is TypeScript, which Node ${process.versions.node} does not run by itself`
  const cure =
    'Node 22.18 or newer does; or install tsx where the script is (npm install --save-dev tsx), or write JavaScript (.mjs)'
  throw new RequestError('EUSAGE', message, { input: file, cure })
}

function tsxAt(file: string): string | undefined {
  try {
    return createRequire(file).resolve('tsx/esm/api')
  } catch {
    return undefined
  }
}
