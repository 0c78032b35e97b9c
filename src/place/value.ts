import type { Value, Width } from '../base/width.ts'
import { type Bits, countBits, formatBits } from '../text/bits.ts'
import { didYouMean } from '../text/hint.ts'
import { formatHex, parseNumber } from '../text/number.ts'
import { malformed, refusal } from '../text/refuse.ts'
import { accepted, suggesting } from '../text/suggest.ts'

const largestValue = (1n << 64n) - 1n

/**
 * A value of at most 64 bits; it takes no size suffix. Whether it fits what it is written to is
 * for `checkValue`. Throws ESYNTAX, or EVALUE beyond 64 bits.
 */
export function parseValue(text: string): bigint {
  return suggesting(text, readValue, () => readValue(text))
}

function readValue(text: string): bigint {
  const value = parseNumber(text, { what: 'a value' })
  if (value > largestValue) throw tooWide(value, 64, 'in 64 bits', text)
  return value
}

/** A value as it is written: a number, its negative, or its complement. */
export interface Literal {
  /** At most 64 bits. */
  value: bigint
  /** `-` for `-1`, `~` for `~1`; what these are is known with the width. */
  sign?: '-' | '~'
}

/** Why a path stands where `~0` was typed. */
const OF_SHELL = "it is a path, which a shell puts for ~0 and its like: quote them, as '~0'"

/** A number, `-1` or `~1`. Throws as `parseValue`. */
export function parseLiteral(text: string): Literal {
  return suggesting(text, readLiteral, () => readLiteral(text))
}

function readLiteral(text: string): Literal {
  if (/^[-+~]{2}/.test(text)) throw malformed(text, 'a value', 'it has more than one sign')
  if (text.startsWith('/')) throw malformed(text, 'a value', OF_SHELL)
  const sign = text[0]
  if (sign !== '-' && sign !== '~') return { value: parseValue(text) }
  return { value: parseValue(text.slice(1)), sign }
}

/**
 * What a literal is in a width or a run of bits: `-1` in two's complement, `~1` with every other bit
 * set. Throws EVALUE when it does not fit.
 */
export function literalValue({ value, sign }: Literal, room: Width | Bits): Value {
  if (sign === undefined) return checkValue(value, room)
  const width = typeof room === 'number' ? room : countBits(room)
  const smallest = 1n << BigInt(width - 1)
  if (sign === '-' && value > smallest) {
    const text = `-${formatHex(value)}`
    const least = `smallest: -${formatHex(smallest)}`
    throw refusal('EVALUE', `${text} does not fit ${describeRoom(room)} (${least})`, text)
  }
  if (sign === '~') checkValue(value, room)
  return checkValue(BigInt.asUintN(width, sign === '-' ? -value : ~value), room)
}

/** How many bits an access must have for it, at most. */
export function bitsNeeded({ value, sign }: Literal): number {
  return value.toString(2).length + (sign === '-' ? 1 : 0)
}

/** The canonical text: it parses to an equal literal. */
export function formatLiteral({ value, sign }: Literal): string {
  return (sign ?? '') + formatHex(value)
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
    throw refusal('EVALUE', `${exact} does not fit ${describeRoom(room)} (smallest: 0)`, `${exact}`)
  }
  const width = typeof room === 'number' ? room : countBits(room)
  if (exact >> BigInt(width) !== 0n)
    throw tooWide(exact, width, describeRoom(room), formatHex(exact))
  return width > 32 ? exact : Number(exact)
}

/** `in 32 bits`, `in bits 7:4`. */
export function describeRoom(room: Width | Bits): string {
  if (typeof room === 'number') return `in ${room} bits`
  return room.high === room.low ? `in bit ${room.high}` : `in bits ${formatBits(room)}`
}

function tooWide(value: bigint, width: number, where: string, input: string): Error {
  const largest = formatHex((1n << BigInt(width)) - 1n)
  const text = value >> 256n === 0n ? formatHex(value) : 'a number of more than 256 bits'
  return refusal('EVALUE', `${text} does not fit ${where} (largest: ${largest})`, input)
}

/** Widths as those name them who count bytes. */
const WIDTHS_ELSEWHERE: Readonly<Record<string, string>> = { 1: '8', 2: '16', 4: '32', b: '8' }

/** A width: `8`, `16`, `32` or `64`. Throws ESYNTAX. */
export function parseWidth(text: string): Width {
  return suggesting(text, readWidth, () => readWidth(text))
}

function readWidth(text: string): Width {
  if (text === '8' || text === '16' || text === '32' || text === '64') return Number(text) as Width
  const meant = accepted(text, WIDTHS_ELSEWHERE[text])
  throw malformed(text, 'a width', didYouMean('expected 8, 16, 32 or 64', meant))
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
