import type { Value, ValueOf, Width } from '../base/width.ts'
import { optionWord } from '../wording/command-line.ts'
import { withArticle } from './article.ts'
import { didYouMean, hint } from './hint.ts'
import { clip, malformed, refusal } from './refuse.ts'
import { accepted, suggesting } from './suggest.ts'

/** A run of bits in a value, both ends included: `7:4` is `{ high: 7, low: 4 }`. */
export interface Bits {
  /** Highest bit, 0 to 63. */
  high: number
  /** Lowest bit, 0 to `high`. */
  low: number
}

const highestBit = 63

/**
 * Bits: one bit, `5`, or the highest and the lowest of a run, `7:4`; decimal, 0 to 63. Throws
 * ESYNTAX, or ERANGE for a bit above 63 or the lowest given first.
 */
export function parseBits(text: string): Bits {
  return suggesting(text, readBits, () => readBits(text))
}

function readBits(text: string): Bits {
  const { 0: first = '', 1: second, length } = text.split(':')
  if (length > 2) {
    throw malformed(text, 'a bit or bits', 'expected one bit such as 5, or high:low such as 7:4')
  }
  const run = /^(\d+)(?:-|\.\.)(\d+)$/.exec(text)
  if (run !== null) {
    const [high, low] = [Number(run[1]), Number(run[2])].sort((a, b) => b - a)
    const meant = accepted(text, `${high}:${low}`)
    throw malformed(text, 'a bit or bits', meant ? hint(meant) : 'expected high:low such as 7:4')
  }
  const high = parseBit(first)
  const low = second === undefined ? high : parseBit(second)
  if (low > high) {
    const wrong = `${text} is reversed: bits are given from high to low`
    throw refusal('ERANGE', didYouMean(wrong, accepted(text, `${low}:${high}`)), text)
  }
  return { high, low }
}

function parseBit(text: string): number {
  if (!/^(0|[1-9][0-9]*)$/.test(text)) {
    throw malformed(text, 'a bit', `expected a decimal number from 0 to ${highestBit}`)
  }
  const bit = Number(text)
  if (bit > highestBit) {
    const why = `bits are numbered from 0 to ${highestBit}`
    throw refusal('ERANGE', `bit ${clip(text)} does not exist: ${why}`, text)
  }
  return bit
}

/** The canonical text: `5` for one bit, `7:4` for more. */
export function formatBits(bits: Bits): string {
  return bits.high === bits.low ? `${bits.high}` : `${bits.high}:${bits.low}`
}

/**
 * Throws ERANGE when the bits are not all inside an access of `width` bits. A wider one is named where
 * the address is a multiple of it.
 */
export function checkBits(bits: Bits, width: Width, address = 0): void {
  if (bits.high < width) return
  const wider = [16, 32, 64].find((one) => bits.high < one && address % (one / 8) === 0)
  const cure = wider === undefined ? '' : ` (or ${optionWord('width', wider)})`
  const why = `${withArticle(`${width}-bit access`)} has bits 0 to ${width - 1}${cure}`
  throw refusal('ERANGE', `bit ${bits.high} does not exist: ${why}`, formatBits(bits))
}

/** How many bits there are. */
export function countBits(bits: Bits): number {
  return bits.high - bits.low + 1
}

/** The mask that selects the bits in a value of `width` bits. Throws ERANGE as `checkBits`. */
export function bitsMask<W extends Width>(bits: Bits, width: W): ValueOf<W> {
  checkBits(bits, width)
  if (width < 64) return ((2 ** countBits(bits) - 1) * 2 ** bits.low) as ValueOf<W>
  const mask = ((1n << BigInt(countBits(bits))) - 1n) << BigInt(bits.low)
  return mask as ValueOf<W>
}

/**
 * The bits of `value`, moved down to bit 0: of a `number` a `number`; of a `bigint` a `number` up to
 * 32 bits, else a `bigint`.
 */
export function extractBits(value: number, bits: Bits): number
export function extractBits(value: Value, bits: Bits): Value
export function extractBits(value: Value, bits: Bits): Value {
  const field = (BigInt(value) >> BigInt(bits.low)) & ((1n << BigInt(countBits(bits))) - 1n)
  return typeof value === 'bigint' && countBits(bits) > 32 ? field : Number(field)
}

/**
 * `field` moved up to where the bits are in a value of `width` bits, all others 0: what an
 * `update` step takes as its value. `field` must fit (see `checkValue`).
 */
export function placeBits<W extends Width>(field: Value, bits: Bits, width: W): ValueOf<W> {
  checkBits(bits, width)
  const value = BigInt(field) << BigInt(bits.low)
  return (width === 64 ? value : Number(value)) as ValueOf<W>
}
