import type { Value, Width } from '../memory/program.ts'
import { type Bits, countBits, formatBits } from '../text/bits.ts'
import { formatHex, parseNumber } from '../text/number.ts'
import { malformed, refusal } from '../text/refuse.ts'

const largestValue = (1n << 64n) - 1n

/**
 * A value of at most 64 bits; it takes no size suffix. Whether it fits what it is written to is
 * for `checkValue`. Throws ESYNTAX, or EVALUE beyond 64 bits.
 */
export function parseValue(text: string): bigint {
  const value = parseNumber(text, { what: 'a value' })
  if (value > largestValue) throw tooWide(value, 64, 'in 64 bits', text)
  return value
}

/**
 * The value as accesses take it, a `number` up to 32 bits and a `bigint` above, when it fits a
 * width or a run of bits. Throws EVALUE when it does not, is negative, or is not whole.
 */
export function checkValue(value: Value, room: Width | Bits): Value {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    const why = Number.isInteger(value) ? 'give it as a bigint' : 'expected a whole number'
    throw refusal('EVALUE', `${value} is not an exact value: ${why}`, `${value}`)
  }
  const exact = BigInt(value)
  if (exact < 0n) {
    throw refusal('EVALUE', `${exact} is not a value: it takes no sign`, `${exact}`)
  }
  const width = typeof room === 'number' ? room : countBits(room)
  if (exact >> BigInt(width) !== 0n)
    throw tooWide(exact, width, describeRoom(room), formatHex(exact))
  return width > 32 ? exact : Number(exact)
}

function describeRoom(room: Width | Bits): string {
  if (typeof room === 'number') return `in ${room} bits`
  return room.high === room.low ? `in bit ${room.high}` : `in bits ${formatBits(room)}`
}

function tooWide(value: bigint, width: number, where: string, input: string): Error {
  const largest = formatHex((1n << BigInt(width)) - 1n)
  const text = value >> 256n === 0n ? formatHex(value) : 'a number of more than 256 bits'
  return refusal('EVALUE', `${text} does not fit ${where} (largest: ${largest})`, input)
}

/** A width: `8`, `16`, `32` or `64`. Throws ESYNTAX. */
export function parseWidth(text: string): Width {
  if (text === '8' || text === '16' || text === '32' || text === '64') return Number(text) as Width
  throw malformed(text, 'a width', 'expected 8, 16, 32 or 64')
}

/**
 * The value with its bytes in the opposite order: what a memory of the other endianness holds. The
 * value must fit the width. At 64 bits the result is a `bigint`, else a `number`.
 */
export function swapValue(value: Value, width: Width): Value {
  if (width === 64) {
    let rest = BigInt(value)
    let swapped = 0n
    for (let byte = 0; byte < 8; byte++) {
      swapped = (swapped << 8n) | (rest & 0xffn)
      rest >>= 8n
    }
    return swapped
  }
  const narrow = Number(value)
  if (width === 8) return narrow
  if (width === 16) return ((narrow & 0xff) << 8) | (narrow >>> 8)
  const middle = ((narrow & 0xff00) << 8) | ((narrow >>> 8) & 0xff00)
  return ((narrow << 24) | middle | (narrow >>> 24)) >>> 0
}
