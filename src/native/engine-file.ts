import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * This module, or the file that a bundler put it into. In CommonJS made of ES modules `import.meta` is
 * empty.
 */
const here: string | undefined =
  import.meta.url ?? (typeof __filename === 'string' ? pathToFileURL(__filename).href : undefined)

/** As the package has it: src/native, dist/native and the bundled dist/cli. */
const OWN = /\/(src|dist)\/(native|cli)\/[^/]+$/

/** What is left to do where a bundle has no engine. */
export const MARK_IT_EXTERNAL =
  'mark physmem as external where you bundle, and keep it installed beside the bundle (docs/bundlers.md)'

/** Whether physmem is part of another program's bundle. */
export function isBundled(): boolean {
  return here === undefined || !OWN.test(here)
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
    const own = join(dirname(fileURLToPath(here)), '../..', inPackage)
    if (!isBundled() || existsSync(own)) return own
  }
  for (const from of [here, process.argv[1]]) {
    const file = from && installedFrom(from, inPackage)
    if (file) return file
  }
  return undefined
}

function installedFrom(from: string, inPackage: string): string | undefined {
  try {
    const file = join(dirname(createRequire(from).resolve('physmem/package.json')), inPackage)
    return existsSync(file) ? file : undefined
  } catch {
    return undefined // Nothing is installed there.
  }
}
