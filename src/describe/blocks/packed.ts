import type { Block, Description, Matches } from '../model.ts'

/** What is known of a block of the library before it is read. */
export interface BlockEntry {
  /** Also the name of its file. */
  name: string
  description: string
  /** The manual and its section. */
  source: string
  matches: Matches
}

/** The library as the package has it: an index, and each block as the text of its model. */
export interface PackedLibrary {
  index: BlockEntry[]
  blocks: Map<string, string>
}

/** Keys of the model whose values are bigints; JSON has them as texts. */
const BIG = new Set(['reset', 'resetMask', 'value', 'mask', 'minimum', 'maximum'])

/**
 * Packs the blocks of descriptions, sorted by name. Throws for what the library must not have: an
 * issue, two blocks of one name, a block without a description, a source or a way to be found.
 */
export function packLibrary(descriptions: Iterable<Description>): PackedLibrary {
  const index: BlockEntry[] = []
  const blocks = new Map<string, string>()
  for (const { device, issues } of descriptions) {
    for (const block of device.blocks) {
      if (blocks.has(block.name)) throw new Error(`two blocks are named ${block.name}`)
      blocks.set(block.name, packBlock(block))
      index.push(entryOf(block))
    }
    // Complete only now: the children of all blocks were asked for.
    const [issue] = issues
    if (issue) {
      const { file, line, column, path, message } = issue
      throw new Error(`${file}:${line}:${column}: ${path}: ${message}`)
    }
  }
  index.sort((one, other) => (one.name < other.name ? -1 : 1))
  return { index, blocks }
}

function entryOf({ name, description, source, matches }: Block): BlockEntry {
  if (!description || !source || !matches) {
    throw new Error(`the block ${name} needs a description, a source, and what it matches`)
  }
  return { name, description, source, matches }
}

/** The text of a block's model. */
export function packBlock(block: Block): string {
  return JSON.stringify(block, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}

/** The block that `packBlock` made a text of. */
export function unpackBlock(text: string): Block {
  return JSON.parse(text, (key, value: unknown) =>
    typeof value === 'string' && BIG.has(key) ? BigInt(value) : value,
  ) as Block
}
