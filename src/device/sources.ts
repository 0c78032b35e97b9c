import { PhysmemError, RequestError } from '../base/errors.ts'
import { type FoundBlock, findBlock } from '../describe/lookup.ts'
import type { Block, Device, Issue } from '../describe/model.ts'
import { clip, quote } from '../text/refuse.ts'
import type { PlacedBlock } from './board-file.ts'

/** A description in use. */
export interface Source {
  /** The file, as it is shown; `sim:`, or `physmem` for the blocks that it brings. */
  from: string
  device: Device
  /** Complete once all registers were looked at. */
  issues: readonly Issue[]
}

/** A kind of block, and what describes it. */
export interface Kind {
  block: Block
  device: Pick<Device, 'endian'>
  from: string
}

/** Whether a description knows a block of this name: `undefined` where it does not. */
export function blockIn({ device }: Source, name: string): FoundBlock | undefined {
  try {
    return findBlock(device, name)
  } catch (error) {
    if (error instanceof RequestError) return undefined
    throw error
  }
}

/** Whether it knows the name, be it that of several: an array without a number. */
export function knows({ device }: Source, name: string): boolean {
  try {
    findBlock(device, name)
    return true
  } catch (error) {
    if (error instanceof PhysmemError) return error.code !== 'ENOPLACE'
    throw error
  }
}

/** The one block that a file describes, for who puts it somewhere. Throws EUSAGE where there are several. */
export function onlyBlock({ device, from }: Source): Block {
  const [block, ...more] = device.blocks
  if (block !== undefined && more.length === 0) return block
  if (block === undefined) {
    throw new RequestError('ENOPLACE', `${clip(from)} describes no block`, { input: from })
  }
  const names = device.blocks.slice(0, 8).map(({ name }) => clip(name))
  const end = device.blocks.length > names.length ? ', …' : ''
  const message = `${clip(from)} describes ${device.blocks.length} blocks (${names.join(', ')}${end}): give it as --chip ${clip(from)}, and name the block`
  throw new RequestError('EUSAGE', message, { input: from })
}

/** A description whose only block is this one, so that it can be searched by path. */
export function deviceOf(block: Block, device: Pick<Device, 'endian'>): Device {
  return { name: block.name, endian: block.endian ?? device.endian, blocks: [block] }
}

/** The same block by another name, somewhere else. */
export function putBlock(block: Block, name: string, at: string): Block {
  return Object.create(block, {
    name: { value: name, enumerable: true },
    at: { value: at, enumerable: true },
    base: { value: undefined, enumerable: true },
    repeat: { value: undefined, enumerable: true },
  }) as Block
}

/** The blocks of a board file as a description. `kindOf` finds what each is. */
export async function placedBlocks(
  from: string,
  placed: readonly PlacedBlock[],
  kindOf: (is: string) => Promise<Kind>,
): Promise<Source | undefined> {
  if (placed.length === 0) return undefined
  const blocks: Block[] = []
  for (const { name, is, at } of placed) {
    const { block, device } = await kindOf(is).catch((error: unknown) => {
      if (!(error instanceof RequestError)) throw error
      const message = `${clip(from)}: ${name}: ${error.message}`
      throw new RequestError(error.code, message, error.data)
    })
    blocks.push(putBlock({ ...block, endian: block.endian ?? device.endian }, name, at))
  }
  return { from, device: { name: quote(from), endian: 'little', blocks }, issues: [] }
}
