import { existsSync, readdirSync } from 'node:fs'
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
 * A file of the package that is built for a platform and a CPU (`linux-arm64`). In a bundle it is that of the physmem that is installed where the
 * bundle, or the program that was started, can import it; `undefined` when there is none. Never one
 * below the working directory: that may be anybody's, and the file is code.
 */
export function prebuiltFile(
  name: string,
  what: 'physmem.node' | 'physmem-agent',
): string | undefined {
  const inPackage = join('prebuilds', name, what)
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

/**
 * The address of a file of the package, by its path there: of the package that this file, of the library or
 * of the command, is a part of.
 */
export function packageFile(path: string): string {
  if (here === undefined) throw new Error('a file of no known place has no package')
  return new URL(`../../${path}`, here).href
}

/** The engine for a platform and a CPU, which is found as `prebuiltFile` tells. */
export function engineFile(name: string): string | undefined {
  return prebuiltFile(name, 'physmem.node')
}

/**
 * What gets an engine for a CPU beside a file where there should be one: a clone, which has the tools
 * of the project, builds it; a package has those that came with it.
 */
export function howToGetOne(file: string): string {
  const folder = join(dirname(file), '../..')
  if (existsSync(join(folder, 'scripts/setup.mjs'))) {
    return `build it with a C compiler: make -C ${join(folder, 'native')}`
  }
  const has = namesIn(join(folder, 'prebuilds'))
  const known = has.length === 0 ? 'none' : has.join(', ')
  return `run it on a CPU that this package has an engine for (${known}), or build one in a clone of the project`
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
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
