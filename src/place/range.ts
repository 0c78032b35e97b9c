import { addressLimit, formatHex } from '../text/number.ts'
import { clip, malformed, quote, refusal } from '../text/refuse.ts'
import { dissect, type Parts } from './dissect.ts'
import { type Operand, toOperand } from './operand.ts'
import { formatPlace } from './place.ts'
import type { Place } from './schemes/index.ts'

/** A stretch of bytes: it begins at a place, and is at least one byte long. */
export interface Range {
  kind: 'range'
  place: Place
  /** In bytes. The end, `place.offset + length`, is at most 2^52. */
  length: number
}

/**
 * `A..B`, without the byte at B, or `A..+LENGTH`. B is an address where A is an address, else an
 * offset in the same thing: `pci:0000:00:04.0/bar0+0x10..0x20`. Throws ESYNTAX, ESCHEME, or ERANGE
 * for ranges that are empty, reversed, or reach beyond 2^52.
 */
export function parseRange(text: string): Range {
  const parts = dissect(text)
  if (parts.end === undefined) {
    const place = formatPlace(parts.place)
    throw malformed(text, 'a range', `expected A..B or A..+LENGTH, such as ${clip(place)}..+0x100`)
  }
  return toRange(text, parts.place, parts.end)
}

/** What `read` takes: one place, perhaps with bits, or a range. Tell them apart by `kind`. */
export function parseOperandOrRange(text: string): Operand | Range {
  const { place, bits, end } = dissect(text)
  return end === undefined ? toOperand(place, bits) : toRange(text, place, end)
}

function toRange(text: string, place: Place, end: NonNullable<Parts['end']>): Range {
  const start = place.offset
  const length = end.kind === 'length' ? end.value : end.value - start
  if (length < 0) {
    const meant = `${formatPlace({ ...place, offset: end.value })}..${formatHex(start)}`
    const why = `it ends before it starts, did you mean ${clip(meant)}?`
    throw refusal('ERANGE', `${quote(text)} is reversed: ${why}`, text)
  }
  if (length === 0) {
    const one = start + 1 < addressLimit ? formatRange({ place, length: 1 }) : 'A..+1'
    throw refusal('ERANGE', `${quote(text)} is empty: one byte would be ${clip(one)}`, text)
  }
  if (start + length > addressLimit) {
    const most = `the largest end is ${formatHex(addressLimit)}`
    throw refusal('ERANGE', `${quote(text)} ends too high: ${most}`, text)
  }
  return { kind: 'range', place, length }
}

/** The canonical text, `A..+LENGTH`: it parses to an equal range. */
export function formatRange({ place, length }: Pick<Range, 'place' | 'length'>): string {
  return `${formatPlace(place)}..+${formatHex(length)}`
}

/** Offset of the first byte behind the range; for plain addresses, its address. */
export function rangeEnd({ place, length }: Pick<Range, 'place' | 'length'>): number {
  return place.offset + length
}
