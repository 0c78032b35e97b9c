import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { parseBits } from '../../text/bits.ts'
import { formatHex, parseAddress, parseBelowLimit, parseOffset } from '../../text/number.ts'
import { clip, refusal } from '../../text/refuse.ts'
import type { PhysicalScheme } from '../scheme.ts'

/** A physical address: `0xfed00000`, or a sum such as `0xfed00000+0x10`. */
export interface AddressPlace {
  scheme: 'address'
  /** The physical address, below 2^52. */
  offset: number
}

export const address: PhysicalScheme<AddressPlace> = {
  name: 'address',
  example: '0xfed00000',
  claims: (text) => /^[0-9]/.test(text),
  suffixesFrom: () => 0,
  parse: (subject) => {
    const colon = subject.indexOf(':')
    // Well-formed bits were split off before: what is left behind a colon is refused as bits.
    if (colon >= 0) parseBits(subject.slice(colon + 1))
    return { scheme: 'address', offset: parseSum(subject, 'an address') }
  },
  format: (place) => formatHex(place.offset),
  guess: guessAddress,
  stretch: () => ({ address: 0, length: undefined }),
}

/**
 * A number, or a sum of numbers, that is an address of at most `max`. Messages call it `what`.
 * Throws ESYNTAX or ERANGE.
 */
export function parseSum(text: string, what: string, max = ADDRESS_LIMIT - 1): number {
  const [first = '', ...rest] = text.split('+')
  let sum = what === 'an address' ? parseAddress(first) : parseBelowLimit(first, what, max)
  for (const term of rest) {
    sum += parseOffset(term)
    if (sum > max) {
      const most = `the largest is ${formatHex(max)}`
      throw refusal('ERANGE', `${clip(text)} is too large for ${what}: ${most}`, text)
    }
  }
  return sum
}

/**
 * Digits as /proc/iomem and manuals print them: hexadecimal without 0x, at most 13, ranges with their
 * last byte. Of a range in a few digits nobody knows whether they are decimal; an end that no element
 * of 32 bits has is none.
 */
function guessAddress(text: string): string | undefined {
  if (/^[a-f][0-9a-f]{1,12}$/i.test(text)) return `0x${text}`
  const ends = /^(?:0x)?([0-9a-f]{1,13})-(?:0x)?([0-9a-f]{1,13})$/i.exec(text)
  if (ends === null || /^[0-9]{1,4}-[0-9]{1,4}$/.test(text)) return undefined
  const start = Number(`0x${ends[1]}`)
  const last = Number(`0x${ends[2]}`)
  const end = [last + 1, last].find((one) => one % 4 === 0)
  if (end === undefined || end <= start) return undefined
  // With the zeros that it was written with.
  const [first = 0, second = 0] = ends.slice(1).map((digits) => digits.length * 4)
  return `${formatHex(start, first)}..${formatHex(end, second)}`
}
