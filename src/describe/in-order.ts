/** Registers in the order of their offsets, made as they are asked for. */
import type { FoundBlock, FoundRegister } from './found.ts'
import { shownName } from './match.ts'
import type { Block, Cluster, Register } from './model.ts'

/** Where in a block a level of it stands. */
export interface Level {
  block: Block
  blockPath: string
  /** Bytes from the block's base to its element. */
  origin: number
  /** Bytes from the block's base. */
  offset: number
  /** Names above, with a dot after each. */
  prefix: string
}

/** The uppermost level of an element of a block. */
export function levelOf({ block, path, offset }: FoundBlock): Level {
  return { block, blockPath: path, origin: offset, offset, prefix: '' }
}

/** What gives registers, none before `start`. */
interface Source {
  start: number
  open(): Iterator<FoundRegister>
}

/** All registers of these nodes, each element of what repeats on its own. */
export function registersIn(
  children: readonly (Register | Cluster)[],
  level: Level,
): Generator<FoundRegister> {
  return merged(byOffset(children).values(), (node) => ({
    start: level.offset + node.offset,
    open: () => registersOfNode(node, level),
  }))
}

/** A copy, the lowest first; of equal offsets in the order of the description. */
export function byOffset<T extends { offset: number }>(nodes: readonly T[]): T[] {
  return [...nodes].sort((one, other) => one.offset - other.offset)
}

/** All registers of one node, with all of its elements. */
export function registersOfNode(node: Register | Cluster, level: Level): Generator<FoundRegister> {
  const { repeat } = node
  if (repeat === undefined) return registersOfElement(node, undefined, level)
  return merged(indices(repeat.count), (index) => ({
    start: level.offset + node.offset + index * repeat.stride,
    open: () => registersOfElement(node, index, level),
  }))
}

/** All registers of one element of a node. */
export function* registersOfElement(
  node: Register | Cluster,
  index: number | undefined,
  level: Level,
): Generator<FoundRegister> {
  if (node.kind === 'register') yield foundRegister(node, index, level)
  else yield* registersIn(node.children, below(node, index, level))
}

/** The level within an element of a cluster. */
export function below(node: Cluster, index: number | undefined, level: Level): Level {
  const name = shownName({ node, ...(index === undefined ? {} : { index }) })
  return { ...level, offset: offsetOf(node, index, level), prefix: `${level.prefix}${name}.` }
}

export function foundRegister(
  register: Register,
  index: number | undefined,
  level: Level,
): FoundRegister {
  const { block, blockPath, origin, prefix } = level
  const own = shownName({ node: register, ...(index === undefined ? {} : { index }) })
  const name = prefix + own
  const offset = offsetOf(register, index, level)
  return { path: `${blockPath}.${name}`, block, blockPath, origin, offset, register, name }
}

function offsetOf(node: Register | Cluster, index: number | undefined, level: Level): number {
  return level.offset + node.offset + (index ?? 0) * (node.repeat?.stride ?? 0)
}

function* indices(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index
}

/**
 * The registers of all items by their offsets. The items come by their starts, and none is opened
 * before its turn: arrays may have 2^32 elements, and may interleave.
 */
function* merged<T>(items: Iterator<T>, sourceOf: (item: T) => Source): Generator<FoundRegister> {
  const open: { source: Iterator<FoundRegister>; next: FoundRegister }[] = []
  const upcoming = () => {
    const { value, done } = items.next()
    return done ? undefined : sourceOf(value)
  }
  let waiting = upcoming()
  for (;;) {
    let first = smallest(open)
    while (waiting !== undefined && (first === undefined || waiting.start < first.next.offset)) {
      const source = waiting.open()
      const { value, done } = source.next()
      if (!done) open.push({ source, next: value })
      waiting = upcoming()
      first = smallest(open)
    }
    if (first === undefined) return
    yield first.next
    const { value, done } = first.source.next()
    if (done) open.splice(open.indexOf(first), 1)
    else first.next = value
  }
}

/** Of equal offsets the one that was opened first. */
function smallest<T extends { next: FoundRegister }>(open: readonly T[]): T | undefined {
  let best = open[0]
  for (const one of open) if (best && one.next.offset < best.next.offset) best = one
  return best
}
