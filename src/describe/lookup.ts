/**
 * From names to registers. What repeats is expanded only where it is asked for: an array of 2^32
 * elements costs as much as one register.
 */
import { RequestError } from '../base/errors.ts'
import { malformed, quote, refusal } from '../text/refuse.ts'
import { elementName } from './element.ts'
import type { FoundBlock, FoundField, FoundRegister } from './found.ts'
import {
  below,
  byOffset,
  foundRegister,
  type Level,
  levelOf,
  registersIn,
  registersOfElement,
  registersOfNode,
} from './in-order.ts'
import { isPattern, type Match, MOST_TRIED, matchAll, matchOne, shownName } from './match.ts'
import type { Block, Cluster, Device, Field, Register } from './model.ts'
import { ambiguous, missed, unknown, wholeArray } from './unknown-name.ts'

export type { FoundBlock, FoundField, FoundRegister } from './found.ts'

/** The most registers that one path may mean. */
export const MOST_FOUND = 65_536

/** The block of this name: `UART0`, `SPI[1]`, `SPI1`. Throws ENOPLACE, ERANGE or EUSAGE. */
export function findBlock(device: Device, name: string): FoundBlock {
  const match = only(device.blocks, name, { what: 'block', within: device.name, prefix: '' })
  if (match.isAll) throw wholeArray(match.node, name, '')
  return foundBlock(match)
}

/** The register of this name in a block: `FR`, `FIFO[3]`, `CH2.CTRL`. Throws as `findBlock` does. */
export function findRegister(
  block: Block,
  name: string,
  at: Omit<FoundBlock, 'block'> = { path: block.name, offset: 0 },
): FoundRegister {
  const segments = split(name)
  let level = levelOf({ block, ...at })
  let children = block.children
  for (const [depth, segment] of segments.entries()) {
    const above = aboveOf(level)
    const what = depth === segments.length - 1 ? 'register' : 'cluster'
    const { node, index, isAll } = only(children, segment, { what, ...above })
    if (isAll) throw wholeArray(node, segment, above.prefix)
    const isLast = depth === segments.length - 1
    if (node.kind === 'register') {
      if (isLast) return foundRegister(node, index, level)
      throw notAGroup(node, index, level, segments.slice(depth + 1))
    }
    if (isLast) throw isAGroup(node, index, level)
    level = below(node, index, level)
    children = node.children
  }
  throw malformed(name, 'the name of a register', 'it is empty')
}

/**
 * All that a path means: a register (`UART0.FR`), or all registers in what it ends at (`UART0`,
 * `SPI1`, `DMA.CH[2]`; of an array named without a number, all elements), where `*` is any letters of a
 * name, and `?` is one (`GPIO*.DIR`). In the order of blocks, then of offsets; a pattern keeps an array
 * together.
 * Throws ENOPLACE for what means nothing, EUSAGE for what means several, ERANGE for too many.
 */
export function find(device: Device, path: string): FoundRegister[] {
  const segments = split(path)
  const found: FoundRegister[] = []
  for (const isFolded of isPattern(path) ? [false, true] : [false]) {
    for (const one of search(device, segments, isFolded)) {
      if (found.length === MOST_FOUND) throw tooMany(path)
      found.push(one)
    }
    if (found.length > 0) return found
  }
  const what = isPattern(path) ? 'no register matches' : 'no register is in'
  throw refusal('ENOPLACE', `${what} ${quote(path)}`, path)
}

/** All registers of a block in the order of their offsets, made as they are asked for. */
export function registersOf(
  block: Block,
  at: Omit<FoundBlock, 'block'> = { path: block.name, offset: 0 },
): Generator<FoundRegister> {
  return registersIn(block.children, levelOf({ block, ...at }))
}

/** The elements of a block: itself, where it does not repeat. Made as they are asked for. */
export function* elementsOf(block: Block): Generator<FoundBlock> {
  if (block.repeat === undefined) yield foundBlock({ node: block })
  else {
    for (let index = 0; index < block.repeat.count; index++)
      yield foundBlock({ node: block, index })
  }
}

/** The field of this name. Throws ENOPLACE, ERANGE or EUSAGE. */
export function findField(register: Register, name: string): FoundField {
  const match = only(register.fields, name, { what: 'field', within: register.name, prefix: '' })
  if (match.isAll) throw wholeArray(match.node, name, '')
  return foundField(match)
}

/** All fields from the lowest bit on, each element of what repeats on its own. */
export function fieldsOf(register: Register): FoundField[] {
  const found: FoundField[] = []
  for (const node of register.fields) {
    if (node.repeat === undefined) found.push(foundField({ node }))
    else {
      // A register has 64 bits: what lies past them is not a field.
      for (let index = 0; index < Math.min(node.repeat.count, 64); index++) {
        const one = foundField({ node, index })
        if (one.lsb + one.width <= 64) found.push(one)
      }
    }
  }
  return found.sort((one, other) => one.lsb - other.lsb)
}

/** One element of a block, or a block that does not repeat. */
export function foundBlock({ node, index }: Pick<Match<Block>, 'node' | 'index'>): FoundBlock {
  const offset = (index ?? 0) * (node.repeat?.stride ?? 0)
  return {
    block: node,
    path: shownName({ node, ...(index === undefined ? {} : { index }) }),
    offset,
  }
}

function foundField({ node, index }: Match<Field>): FoundField {
  const lsb = node.lsb + (index ?? 0) * (node.repeat?.stride ?? 0)
  const name = index === undefined ? node.name : elementName(node, index)
  return { name, field: node, lsb, width: node.width }
}

/** What is looked for, and in what, for messages. */
interface Sought {
  what: 'block' | 'cluster' | 'register' | 'field'
  /** The name of what it is looked for in. */
  within: string
  /** What stands before the name in a path. */
  prefix: string
}

/** The one node that a text means. Throws where it is none, or several. */
function only<T extends Block | Cluster | Register | Field>(
  nodes: readonly T[],
  text: string,
  sought: Sought,
): Match<T> {
  const { matches, miss } = matchOne(nodes, text)
  const [match, ...more] = matches
  if (miss !== undefined) throw missed(miss, text, sought.prefix)
  if (match === undefined) throw unknown(nodes, text, sought)
  if (more.length > 0) throw ambiguous(matches, text, sought)
  return match
}

function* search(
  device: Device,
  segments: readonly string[],
  isFolded: boolean,
): Generator<FoundRegister> {
  const [name = '', ...rest] = segments
  const sought = { what: 'block', within: device.name, prefix: '' } as const
  for (const match of matching(device.blocks, name, isFolded, sought)) {
    const { node, isAll } = match
    for (const element of isAll ? elementsOf(node) : [foundBlock(match)]) {
      yield* searchIn(node.children, levelOf(element), rest, isFolded, isPattern(name))
    }
  }
}

/** `isLoose`: a pattern stands before, so that not all that fits it must have the rest. */
function* searchIn(
  children: readonly (Register | Cluster)[],
  level: Level,
  segments: readonly string[],
  isFolded: boolean,
  isLoose: boolean,
): Generator<FoundRegister> {
  const [name, ...rest] = segments
  if (name === undefined) return yield* registersIn(children, level)
  const what = rest.length === 0 ? 'register' : 'cluster'
  const sought = isLoose ? undefined : ({ what, ...aboveOf(level) } as const)
  const loose = isLoose || isPattern(name)
  const sorted = isPattern(name) ? byOffset(children) : children
  for (const { node, index, isAll } of matching(sorted, name, isFolded, sought)) {
    if (rest.length === 0) {
      yield* isAll ? registersOfNode(node, level) : registersOfElement(node, index, level)
    } else if (node.kind === 'cluster') {
      for (const one of isAll ? indicesOf(node) : [index]) {
        yield* searchIn(node.children, below(node, one, level), rest, isFolded, loose)
      }
    } else if (!loose) throw notAGroup(node, index, level, rest)
  }
}

function* indicesOf({ repeat }: Cluster): Generator<number> {
  for (let index = 0; index < (repeat?.count ?? 1); index++) yield index
}

/** What a name or a pattern means. A name without `sought` may mean nothing. */
function* matching<T extends Block | Cluster | Register>(
  nodes: readonly T[],
  text: string,
  isFolded: boolean,
  sought: Sought | undefined,
): Generator<Match<T>> {
  if (!isPattern(text)) {
    if (sought !== undefined) yield only(nodes, text, sought)
    else yield* matchOne(nodes, text).matches
    return
  }
  for (const match of matchAll(nodes, text, isFolded)) {
    if (match.tried > MOST_TRIED) throw tooMany(text)
    yield match
  }
}

function split(path: string): string[] {
  if (path === '') throw malformed(path, 'the name of a register', 'it is empty')
  const segments = path.split('.')
  if (!segments.includes('')) return segments
  throw malformed(
    path,
    'the name of a register',
    'a name is missing between two dots, or at an end',
  )
}

function aboveOf({ blockPath, prefix }: Level): { within: string; prefix: string } {
  const whole = `${blockPath}.${prefix}`
  return { within: whole.slice(0, -1), prefix: whole }
}

function notAGroup(
  node: Register,
  index: number | undefined,
  level: Level,
  rest: readonly string[],
): RequestError {
  const { path } = foundRegister(node, index, level)
  const name = rest.join('.')
  const wrong = `${path} is a register, which contains no register ${quote(name)}`
  const field = rest.length === 1 ? fieldMeant(node, name) : undefined
  if (field !== undefined) {
    return refusal('ENOPLACE', { wrong, joint: ', ', meant: `${path}:${field}`, behind: '' }, name)
  }
  return refusal('ENOPLACE', `${wrong}: name a field as ${path}:FIELD`, name)
}

/** The field that a name after a dot means, or nearly does. */
function fieldMeant(register: Register, name: string): string | undefined {
  try {
    return findField(register, name).name
  } catch (error) {
    if (error instanceof RequestError) return error.data.suggestion?.meant
    throw error
  }
}

function isAGroup(node: Cluster, index: number | undefined, level: Level): RequestError {
  const { blockPath, prefix } = below(node, index, level)
  const path = `${blockPath}.${prefix}`.slice(0, -1)
  const [first] = registersIn(node.children, below(node, index, level))
  const such = first === undefined ? '' : `, such as ${first.path}`
  return refusal('EUSAGE', `${path} is a group of registers: name one of them${such}`, path)
}

function tooMany(path: string): RequestError {
  const most = MOST_FOUND.toLocaleString('en')
  return refusal('ERANGE', `${quote(path)} names more than ${most} registers: name fewer`, path)
}
