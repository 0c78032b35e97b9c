import { PhysmemError, RequestError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import { rangeName } from '../describe/element.ts'
import { type FoundBlock, findBlock } from '../describe/lookup.ts'
import type { Block, Device, Issue, Position } from '../describe/model.ts'
import { clip } from '../text/refuse.ts'
import { optionWord } from '../wording/command-line.ts'
import type { BoardFile } from './board-file.ts'
import type { UnusableBlock } from './placed.ts'

/** A description in use. */
export interface Source {
  /** The file, as it is shown; `sim:`, or `physmem` for the blocks that it brings. */
  from: string
  device: Device
  /** Complete once all registers were looked at. */
  issues: readonly Issue[]
  /** Whether a block may throw where its registers are asked for: an overlay changes them. */
  isPatched?: boolean
  /** Blocks that are known not to be used, also such as are none of the device's. */
  unusable?: readonly UnusableBlock[]
  /** A board file, which describes no chip. */
  isBoard?: boolean
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

/** The names of all blocks that descriptions have. */
export function* blockNames(sources: readonly Source[]): Generator<string> {
  for (const { device } of sources) for (const { name } of device.blocks) yield name
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

/**
 * The one block that a file describes, to be put somewhere. Throws EUSAGE where there are several.
 */
export function onlyBlock({ device, from }: Source): Block {
  const [block, ...more] = device.blocks
  if (block !== undefined && more.length === 0) return block
  if (block === undefined) {
    throw new RequestError('ENOPLACE', `${clip(from)} describes no block`, { input: from })
  }
  const names = device.blocks.slice(0, 8).map((one) => clip(rangeName(one)))
  const end = device.blocks.length > names.length ? ', …' : ''
  const message = `${clip(from)} describes ${device.blocks.length} blocks (${names.join(', ')}${end}): give it as ${optionWord('chip', clip(from))}, and name the block`
  throw new RequestError('EUSAGE', message, { input: from })
}

/** A description whose only block is this one, so that it can be searched by path. */
export function deviceOf(block: Block, device: Pick<Device, 'endian'>): Device {
  return { name: block.name, endian: block.endian ?? device.endian, blocks: [block] }
}

/** The same block by another name, somewhere else. Its registers are asked for when they are needed. */
function putBlock({ block, device }: Kind, name: string, at: string): Block {
  return Object.create(block, {
    name: { value: name, enumerable: true },
    at: { value: at, enumerable: true },
    endian: { value: block.endian ?? device.endian, enumerable: true },
    base: { value: undefined, enumerable: true },
    repeat: { value: undefined, enumerable: true },
  }) as Block
}

/** The blocks of a board file as a description. `kindOf` finds what each is. */
export async function placedBlocks(
  { path, blocks: placed, unusable }: BoardFile,
  kindOf: (is: string) => Promise<Kind>,
): Promise<Source | undefined> {
  if (placed.length === 0 && unusable.length === 0) return undefined
  const blocks: Block[] = []
  const wrong = [...unusable]
  for (const { name, is, isAt, at } of placed) {
    try {
      blocks.push(putBlock(await kindOf(is), name, at))
    } catch (error) {
      if (!(error instanceof PhysmemError)) throw error
      const message = `${clip(name)}: ${error.message}`
      wrong.push({ name, why: atLine(error, message, path, isAt), fault: { at: isAt, message } })
    }
  }
  const device: Device = { name: path, endian: 'little', blocks }
  return { from: path, device, issues: [], unusable: wrong, isBoard: true }
}

function atLine(
  error: PhysmemError,
  text: string,
  file: string,
  { line, column }: Position,
): PhysmemError {
  const message = `${clip(file)}:${line}:${column}: ${text}`
  // What was meant is a kind, which is not part of what was asked for.
  return retell(error, {
    message,
    data: { file, line, column, input: file, suggestion: undefined },
  })
}
