import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { PhysmemError } from '../base/errors.ts'
import { type BlockEntry, type PackedLibrary, packLibrary } from './blocks/packed.ts'

/** This module, or the file of a bundle that has it; in CommonJS made of ES modules it is empty. */
const here: string | undefined =
  import.meta.url ?? (typeof __filename === 'string' ? pathToFileURL(__filename).href : undefined)

/** The same distance from src/describe, dist/describe and the bundled dist/cli. */
const root = here === undefined ? '' : fileURLToPath(new URL('../../', here))

/**
 * The package has the library packed, in dist/blocks, by scripts/build.mjs. A clone that runs from
 * its sources reads those of the library.
 */
const isSource = here?.endsWith('/src/describe/shipped.ts') ?? false
const packed = `${root}dist/blocks`
const sources = `${root}src/describe/blocks/library`

let library: Promise<PackedLibrary> | undefined
let index: readonly BlockEntry[] | undefined

/** What blocks there are, sorted by name. */
export async function readShippedIndex(): Promise<readonly BlockEntry[]> {
  if (isSource) return (await fromSources()).index
  index ??= JSON.parse(readPacked(packed, 'index')) as BlockEntry[]
  return index
}

/** A block of the index, packed. */
export async function readShippedBlock(name: string): Promise<string> {
  if (!isSource) return readPacked(packed, name)
  return (await fromSources()).blocks.get(name) ?? ''
}

/** A file of a folder that `writePacked` made. Throws EOPEN. */
export function readPacked(folder: string, name: string): string {
  const file = `${folder}/${name}.json`
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const message = `the descriptions of known devices are not beside the program: ${file} cannot be read. Where a bundler has moved it: mark the module physmem as external, and keep it installed`
    throw new PhysmemError('EOPEN', message, {}, { cause: error })
  }
}

/** Writes a library as the package has it: a file for the index, and one for each block. */
export function writePacked(folder: string, { index, blocks }: PackedLibrary): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/index.json`, JSON.stringify(index))
  for (const [name, text] of blocks) writeFileSync(`${folder}/${name}.json`, text)
}

async function fromSources(): Promise<PackedLibrary> {
  library ??= packSources(sources)
  return library
}

/** The library of a folder of YAML files; by default that of a clone. */
export async function packSources(folder = sources): Promise<PackedLibrary> {
  const { readYaml } = await import('./yaml/index.ts')
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  return packLibrary(
    names.map((name) =>
      readYaml({
        name,
        text: readFileSync(`${folder}/${name}`, 'utf8'),
        open: (other) => {
          throw new Error(`${name} names another file, ${other}`)
        },
      }),
    ),
  )
}
