import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { WIDTHS, type Width } from '../../base/width.ts'
import { parseNumber } from '../../text/number.ts'
import { quote } from '../../text/refuse.ts'
import type { Access, ReadEffect, Repeat, WriteEffect } from '../model.ts'
import { type Part, Unexpected } from './reading.ts'

/** The words of the format, and the leaves that several parts have. */

export const ACCESS_WORDS: Readonly<Record<string, Access>> = {
  'read-only': 'read-only',
  'read-write': 'read-write',
  'write-only': 'write-only',
  'write-once': 'write-once',
  'read-write-once': 'read-write-once',
  ro: 'read-only',
  rw: 'read-write',
  wo: 'write-only',
}

export const READ_EFFECTS = [
  'none',
  'clear',
  'set',
  'modify',
  'external',
  'fault',
] as const satisfies readonly ReadEffect[]

export const WRITE_EFFECTS = [
  ...['one-to-clear', 'one-to-set', 'one-to-toggle'],
  ...['zero-to-clear', 'zero-to-set', 'zero-to-toggle'],
  ...['clear', 'set', 'modify'],
] as readonly WriteEffect[]

export const ENDIANS = ['little', 'big'] as const

const largest = 2n ** 64n - 1n

export function accessOf(part: Part): Access | undefined {
  const word = part.choice('access', Object.keys(ACCESS_WORDS))
  return word === undefined ? undefined : ACCESS_WORDS[word]
}

/** A number below 2^52, with an optional size suffix. */
export function count(part: Part, key: string, most = ADDRESS_LIMIT - 1, least = 0) {
  return part.leaf(key, 'a number', (text) => {
    const number = parseNumber(text, { suffix: true, max: BigInt(most) })
    if (number >= BigInt(least)) return Number(number)
    throw new Unexpected(`expected at least ${least}, got ${quote(text)}`)
  })
}

/** The widest access of those that a simulated board answers there; nothing where none are said. */
export function widestOf(part: Part): Width | undefined {
  const widths = part.texts('widths', 'a width', (text) => {
    if (WIDTHS.some((width) => text === `${width}`)) return text
    throw new Unexpected(`expected 8, 16, 32 or 64, got ${quote(text)}`)
  })
  return widths?.length ? (Math.max(...widths.map(Number)) as Width) : undefined
}

/** A value of up to 64 bits. */
export function value(part: Part, key: string): bigint | undefined {
  return part.leaf(key, 'a number', (text) => parseNumber(text, { max: largest }))
}

export function flag(part: Part, key: string): boolean | undefined {
  return part.choice(key, ['true', 'false'] as const) === 'true'
    ? true
    : part.has(key)
      ? false
      : undefined
}

/** The width of the access to so many bits: the next that there is. */
export function widthOf(bits: number): Width {
  return WIDTHS.find((width) => width >= bits) ?? 64
}

/** `fits`: whether a value has at most so many bits. */
export function fits(value: bigint, bits: number): boolean {
  return value >> BigInt(bits) === 0n
}

export const NAME = /^\w*(\[%s\]|%s)?\w*$/
export const NAME_WORDS = 'letters, digits and _, and once %s or [%s] where it repeats'

/** At most so many elements, as the model says. */
const MOST_ELEMENTS = 2 ** 32

/**
 * What repeats: `count`, `stride` (default: `dense`) and `names`. The name gets `[%s]` where it
 * repeats and has no `%s` of its own.
 */
export function repeatOf(
  part: Part,
  name: string,
  dense: number | undefined,
): { name: string; repeat?: Repeat } {
  const names = part.texts('names', 'a list of names such as [A, B]', (text) => {
    if (/^\w+$/.test(text)) return text
    throw new Unexpected(`${quote(text)} is not a name: expected letters, digits and _`)
  })
  const given = count(part, 'count', MOST_ELEMENTS, 1)
  const stride = count(part, 'stride', ADDRESS_LIMIT - 1, 1) ?? dense
  const number = given ?? names?.length
  if (number === undefined) {
    if (part.has('stride') && !part.has('count')) part.missing('count', '"count: 4"')
    if (name.includes('%s')) {
      part.reading.error('missing', part.path, part.tree.at, `"%s" needs a "count" or "names"`)
      part.bad = true
    }
    return { name }
  }
  if (names !== undefined && names.length !== number) {
    part.refuse('names', 'value', `expected ${number} names, as "count" says, got ${names.length}`)
  }
  if (names !== undefined && new Set(names).size !== names.length) {
    part.refuse('names', 'duplicate-name', 'two of them are the same')
  }
  if (stride === undefined) {
    part.missing('stride', '"stride: 0x40"')
    return { name }
  }
  return {
    name: name.includes('%s') ? name : `${name}[%s]`,
    repeat: { count: number, stride, ...(names === undefined ? {} : { names }) },
  }
}
