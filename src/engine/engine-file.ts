import { existsSync } from 'node:fs'
// The whole module: webpack takes calls of an imported createRequire for its own, and drops them.
import nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * This module, or the file that a bundler put it into. In CommonJS made of ES modules `import.meta` is
 * empty.
 */
const here: string | undefined =
  import.meta.url ?? (typeof __filename === 'string' ? pathToFileURL(__filename).href : undefined)

/** As the package has it: src/engine, dist/engine and the bundled dist/cli. */
const OWN = /\/(src|dist)\/(engine|cli)\/[^/]+$/

/** What is left to do where a bundle has no engine. */
export const MARK_IT_EXTERNAL =
  'mark the module physmem as external in the bundler, and keep it installed where the bundle can import it'

/** Whether this is part of another program's bundle. webpack writes down where the module was. */
function isBundled(file: string): boolean {
  return !OWN.test(file) || !existsSync(file)
}

/**
 * The file of the engine for a CPU. In a bundle it is that of the physmem that is installed where the
 * bundle, or the program that was started, can import it; `undefined` when there is none. Never one
 * below the working directory: that may be anybody's, and the file is code.
 */
export function engineFile(name: string): string | undefined {
  const inPackage = join('prebuilds', name, 'physmem.node')
  if (here !== undefined) {
    // The same distance from all of them.
    const file = fileURLToPath(here)
    const own = join(dirname(file), '../..', inPackage)
    if (existsSync(own) || !isBundled(file)) return own
  }
  for (const from of [here, process.argv[1]]) {
    const file = from && installedFrom(from, inPackage)
    if (file) return file
  }
  return undefined
}

function installedFrom(from: string, inPackage: string): string | undefined {
  try {
    const file = join(
      dirname(nodeModule.createRequire(from).resolve('physmem/package.json')),
      inPackage,
    )
    return existsSync(file) ? file : undefined
  } catch {
    return undefined // Nothing is installed there.
  }
}

/** Loads a file of the engine. */
export function loadEngine(file: string): unknown {
  return nodeModule.createRequire(file)(file)
}
