/**
 * The blocks that the package knows: those that many machines share, each with its manual as the
 * source. They are found by what a device says that it is, without reading any other.
 */

import type { Block } from '../model.ts'
import { readShippedBlock, readShippedIndex } from '../shipped.ts'
import { type DeviceIds, entriesFor } from './matching.ts'
import { type BlockEntry, unpackBlock } from './packed.ts'
import { respaced, SPREAD, type Spacing } from './respaced.ts'

export type { DeviceIds } from './matching.ts'
export type { BlockEntry } from './packed.ts'
export type { Spacing } from './respaced.ts'
export { virtioStructures } from './virtio.ts'
export { parseWithin, type Within } from './within.ts'

/** All blocks of the library, by name, without their registers. */
export async function libraryBlocks(): Promise<readonly BlockEntry[]> {
  return readShippedIndex()
}

/**
 * The blocks that describe a device; several describe several stretches of it, which
 * `matches.within` names (`parseWithin`). None for what the library does not know. `spacing` counts
 * for a 16550, whose registers a device tree may spread.
 */
export async function blocksFor(ids: DeviceIds, spacing: Spacing = {}): Promise<Block[]> {
  const entries = entriesFor(await readShippedIndex(), ids)
  return Promise.all(
    entries.map(async ({ name }) => {
      const block = unpackBlock(await readShippedBlock(name))
      return SPREAD.includes(name) ? respaced(block, spacing) : block
    }),
  )
}

/** The block of this name: `pl011`. `undefined` where the library has none. */
export async function blockNamed(name: string): Promise<Block | undefined> {
  const known = (await readShippedIndex()).some((entry) => entry.name === name)
  return known ? unpackBlock(await readShippedBlock(name)) : undefined
}
