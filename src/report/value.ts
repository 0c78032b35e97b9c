import type { Value } from '../base/width.ts'

/** A value of so many bits as documents have it: a number up to 32 bits, of more a text, as each bigint is. */
export function valueOfBits(bits: number, value: bigint): Value {
  return bits > 32 ? value : Number(value)
}
