/** Numbers as CMSIS-SVD 1.3.11 writes them (scaledNonNegativeInteger, enumeratedValueDataType). */

const SUFFIXES: Readonly<Record<string, bigint>> = {
  k: 1n << 10n,
  m: 1n << 20n,
  g: 1n << 30n,
  t: 1n << 40n,
}

/**
 * Longer than any of 64 bits, written in binary with leading zeros: a text of a megabyte is not a
 * number.
 */
const LONGEST = 100

/**
 * The number that a text is: decimal, `0x…`, binary after `#` or `0b`, with `+` before it and `k`, `m`,
 * `g` or `t` (powers of 1024) after. A decimal with leading zeros is decimal, as it is to every
 * other reader. Undefined where it is none.
 */
export function parseNumber(text: string): bigint | undefined {
  if (text.length > LONGEST) return undefined
  // Nearly all of them are so.
  if (/^(?:0[xX][0-9a-fA-F]+|[0-9]+)$/.test(text)) return BigInt(text)
  const match = /^\+?(0[xX]|#|0[bB])?([0-9a-fA-F]+)([kmgtKMGT])?$/.exec(text)
  if (match === null) return undefined
  const [, prefix = '', digits = '', suffix = ''] = match
  const value = inBase(prefix.toLowerCase(), digits)
  return value === undefined ? undefined : value * (SUFFIXES[suffix.toLowerCase()] ?? 1n)
}

function inBase(prefix: string, digits: string): bigint | undefined {
  if (prefix === '0x') return BigInt(`0x${digits}`)
  if (prefix !== '') return /^[01]+$/.test(digits) ? BigInt(`0b${digits}`) : undefined
  return /^[0-9]+$/.test(digits) ? BigInt(digits) : undefined
}

/** Whether some would read it in another base: `00000010`. */
export function hasLeadingZeros(text: string): boolean {
  return /^\+?0[0-9]*[1-9][0-9]*$/.test(text)
}

/**
 * The value of an enumeration: a number, or binary digits of which `x` is any; `any` has these bits.
 * Undefined where it is neither.
 */
export function parsePattern(text: string): { value: bigint; any: bigint } | undefined {
  const bits = /^\+?(?:#|0[bB])([01xX]+)$/.exec(text)?.[1]
  if (bits === undefined || bits.length > LONGEST) {
    const value = parseNumber(text)
    return value === undefined ? undefined : { value, any: 0n }
  }
  const value = BigInt(`0b${bits.replace(/[xX]/g, '0')}`)
  const any = BigInt(`0b${bits.replace(/1/g, '0').replace(/[xX]/g, '1')}`)
  return { value, any }
}
