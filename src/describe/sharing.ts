/** Several names of one location: what lies where a register does. */
import type { FoundRegister } from './found.ts'
import { below, foundRegister, type Level, levelOf } from './in-order.ts'
import { foundBlock } from './lookup.ts'
import type { Block, Cluster, Device, Register } from './model.ts'

/** Of an array whose elements lie on each other, so many are looked at. */
const MOST_ELEMENTS = 1024

/** A stretch of bytes; `end` is the first byte after it. */
interface Stretch {
  start: number
  end: number
}

/** Other registers of its block that have a byte in common with this one. */
export function* sharingInBlock(found: FoundRegister): Generator<FoundRegister> {
  const { block, blockPath, origin } = found
  const level = levelOf({ block, path: blockPath, offset: origin })
  yield* others(registersAt(block.children, level, stretchOf(found)), found)
}

/**
 * The same of all blocks of a device that have a base; `address`: that of the register. Those of a
 * block without a base are nowhere.
 */
export function* sharingAt(
  device: Device,
  address: number,
  found: FoundRegister,
): Generator<FoundRegister> {
  const bytes = found.register.width / 8
  for (const block of device.blocks) {
    if (block.base === undefined || block.at !== undefined) continue
    const start = address - block.base
    const stretch = { start, end: start + bytes }
    if (block !== found.block && !mayTouch(block, found.block, stretch)) continue
    for (const index of elementsTouching(block, 0, extentOfAll(block.children), stretch)) {
      const element = foundBlock({ node: block, ...(index === undefined ? {} : { index }) })
      yield* others(registersAt(block.children, levelOf(element), stretch), found)
    }
  }
}

/** Whether a block may lie on another one. Its registers are not looked at: to read them takes time. */
function mayTouch(block: Block, { base }: Block, { start, end }: Stretch): boolean {
  if (block.base === base) return true
  const repeated = block.repeat ? block.repeat.stride * block.repeat.count : 0
  return block.extents.some((one) => one.offset < end && one.offset + one.length + repeated > start)
}

function stretchOf({ offset, register }: FoundRegister): Stretch {
  return { start: offset, end: offset + register.width / 8 }
}

function* others(all: Iterable<FoundRegister>, { path }: FoundRegister): Generator<FoundRegister> {
  for (const one of all) if (one.path !== path) yield one
}

/** The registers with a byte in this stretch; what repeats is not expanded for it. */
function* registersAt(
  children: readonly (Register | Cluster)[],
  level: Level,
  stretch: Stretch,
): Generator<FoundRegister> {
  for (const node of children) {
    const first = level.offset + node.offset
    for (const index of elementsTouching(node, first, extentOf(node), stretch)) {
      if (node.kind === 'register') yield foundRegister(node, index, level)
      else yield* registersAt(node.children, below(node, index, level), stretch)
    }
  }
}

/** Which elements of a node have a byte in a stretch; `[undefined]` where the node does not repeat. */
function elementsTouching(
  { repeat }: Block | Cluster | Register,
  first: number,
  bytes: number,
  { start, end }: Stretch,
): (number | undefined)[] {
  if (repeat === undefined) return first < end && first + bytes > start ? [undefined] : []
  const { count, stride } = repeat
  const isOne = count === 1 || stride === 0
  const lowest = isOne ? 0 : Math.max(0, Math.floor((start - first - bytes) / stride) + 1)
  const highest = isOne ? 0 : Math.min(count - 1, Math.ceil((end - first) / stride) - 1)
  const indices: number[] = []
  for (let index = lowest; index <= highest && indices.length < MOST_ELEMENTS; index++) {
    const at = first + index * stride
    if (at < end && at + bytes > start) indices.push(index)
  }
  return indices
}

const extents = new WeakMap<readonly (Register | Cluster)[], number>()

/** Bytes from where nodes are in to their last one. */
function extentOfAll(children: readonly (Register | Cluster)[]): number {
  const known = extents.get(children)
  if (known !== undefined) return known
  const ends = children.map((node) => {
    const { count, stride } = node.repeat ?? { count: 1, stride: 0 }
    return node.offset + (count - 1) * stride + extentOf(node)
  })
  const extent = ends.reduce((most, end) => Math.max(most, end), 0)
  extents.set(children, extent)
  return extent
}

/** Bytes of one element. */
function extentOf(node: Register | Cluster): number {
  return node.kind === 'register' ? node.width / 8 : extentOfAll(node.children)
}
