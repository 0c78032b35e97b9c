import { ADDRESS_LIMIT } from '../base/limits.ts'
import { didYouMean } from '../text/hint.ts'
import { formatHex } from '../text/number.ts'
import { clip, malformed, quote, refusal } from '../text/refuse.ts'
import { accepted, suggesting } from '../text/suggest.ts'
import { optionWord } from '../wording/command-line.ts'
import { dissect, type RangeEnd } from './dissect.ts'
import { type Operand, toOperand } from './operand.ts'
import { formatPlace, parsePlace } from './place.ts'
import { checkReach, refuseStretch } from './registers.ts'
import type { Place } from './schemes/index.ts'

/** A stretch of bytes: it begins at a place, and is at least one byte long. */
export interface Range {
  kind: 'range'
  place: Place
  /** In bytes. The end, `place.offset + length`, is at most 2^52. */
  length: number
}

/** From a place to the end of what it names: `pci:0000:00:04.0/bar0+0x100..`. */
export interface OpenRange {
  kind: 'open'
  place: Place
}

/** A place alone, which stands for all that it names from there on, where that has an end. */
export interface WholePlace {
  kind: 'place'
  place: Place
}

/**
 * `A..B`, without the byte at B, `A..+LENGTH`, or `A..` for everything from A on. B is an address
 * where A is an address, else an offset in the same thing: `pci:0000:00:04.0/bar0+0x10..0x20`. Throws
 * ESYNTAX, ESCHEME, or ERANGE for ranges that are empty, reversed, or reach beyond 2^52.
 */
export function parseRange(text: string): Range | OpenRange {
  return suggesting(text, readRange, () => readRange(text))
}

function readRange(text: string): Range | OpenRange {
  const { place, bits, end } = dissect(text)
  refuseStretch(place, text)
  if (bits === undefined && end !== undefined) return toRange(text, place, end)
  throw malformed(text, 'a range', expectedRange(place))
}

/** What a range from a place on is like; of an address, which has no end, there is no `A..`. */
export function expectedRange(place: Place): string {
  const forms = hasEnd(place) ? 'A..B, A..+LENGTH or A..' : 'A..B or A..+LENGTH'
  const asked = { port: 'act-on-ports', i2c: 'act-on-i2c' }[place.scheme as string]
  if (asked !== undefined) return `expected ${forms}, and ${optionWord(asked)} to access them all`
  return `expected ${forms}, such as ${clip(formatPlace(place))}..+0x100`
}

/** Whether a place names something that has an end: an address is one of many. */
export function hasEnd({ scheme }: Place): boolean {
  return !['address', 'pid', 'kernel', 'port', 'msr', 'regmap', 'i2c'].includes(scheme)
}

/** What `read` takes: one place, perhaps with bits, or a range. Tell them apart by `kind`. */
export function parseOperandOrRange(text: string): Operand | Range | OpenRange {
  return suggesting(text, readOperandOrRange, () => readOperandOrRange(text))
}

function readOperandOrRange(text: string): Operand | Range | OpenRange {
  const { place, bits, end } = dissect(text)
  if (end === undefined) return toOperand(place, bits)
  return toRange(text, place, end)
}

/** What `dump` takes: a range, or a place alone. Throws as `parseRange`. */
export function parseRangeOrPlace(text: string): Range | OpenRange | WholePlace {
  return suggesting(text, readRangeOrPlace, () => readRangeOrPlace(text))
}

function readRangeOrPlace(text: string): Range | OpenRange | WholePlace {
  const { place, bits, end } = dissect(text)
  if (end !== undefined) return toRange(text, place, end)
  refuseStretch(place, text)
  if (bits !== undefined) parsePlace(text) // It says why none are taken.
  return { kind: 'place', place }
}

/** What `load` takes: where a stretch of bytes begins. Throws as `parsePlace` and `parseRange`. */
export function parseStart(text: string): Place {
  const place = parsePlace(text)
  refuseStretch(place, text)
  return place
}

function toRange(text: string, place: Place, end: RangeEnd): Range | OpenRange {
  refuseStretch(place, text)
  if (end.kind === 'open') return { kind: 'open', place }
  const start = place.offset
  const length = end.kind === 'length' ? end.value : end.value - start
  if (length < 0) {
    const meant = accepted(text, orderOf(text, place, end.value))
    const wrong = `${quote(text)} is reversed: it ends before it starts`
    throw refusal('ERANGE', didYouMean(wrong, meant), text)
  }
  if (length > 0) checkReach(place, length)
  if (length === 0) {
    const one = accepted(text, formatRange({ place, length: 1 })) ?? 'A..+1'
    throw refusal('ERANGE', `${quote(text)} is empty: one byte would be ${one}`, text)
  }
  if (start + length > ADDRESS_LIMIT) {
    const most = `the largest end is ${formatHex(ADDRESS_LIMIT)}`
    throw refusal('ERANGE', `${quote(text)} ends too high: ${most}`, text)
  }
  return { kind: 'range', place, length }
}

/** Of a length that is suggested for a number without 0x. */
const MOST_LENGTH_DIGITS = 5

/**
 * What a range meant that ends before it starts. An end with fewer digits than the start is a length:
 * in the other order, `0x10000000..16` would be 256 MiB. One of as many digits without 0x is
 * hexadecimal, as the start is; of other long ones nobody knows.
 */
function orderOf(text: string, place: Place, end: number): string | undefined {
  const digits = (number: number) => number.toString(16).length
  const [, start = '', last = ''] = /^(.*)\.\.([^.]*)$/s.exec(text) ?? []
  const isBare = /^[0-9]+$/.test(last)
  if (isBare && /(?:^|\+)0x[0-9a-f_]+$/i.test(start) && last.length === digits(place.offset)) {
    return Number(`0x${last}`) > place.offset ? `${start}..0x${last}` : undefined
  }
  if (digits(end) === digits(place.offset)) {
    return `${formatPlace({ ...place, offset: end })}..${formatHex(place.offset)}`
  }
  return isBare && last.length > MOST_LENGTH_DIGITS ? undefined : `${start}..+${last}`
}

/** The canonical text, `A..+LENGTH` or `A..`: it parses to an equal range. */
export function formatRange(range: Pick<Range, 'place' | 'length'> | OpenRange): string {
  const end = 'length' in range ? `+${formatHex(range.length)}` : ''
  return `${formatPlace(range.place)}..${end}`
}

/** Offset of the first byte after the range; for plain addresses, its address. */
export function rangeEnd({ place, length }: Pick<Range, 'place' | 'length'>): number {
  return place.offset + length
}
