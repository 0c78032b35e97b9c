import { refusal } from '../../../text/refuse.ts'

/** Addresses in a memory are numbers below 2^52: virtual memory is divided into pieces of this size. */
const SPAN = 1n << 48n

/** A virtual address, as an address in one of the pieces. */
export interface SplitAddress {
  /** The name of the piece: the bare `name` for the lowest, where programs have everything. */
  key: string
  /** The virtual address of the piece's address 0, a multiple of 2^48. */
  base: bigint
  address: number
}

/** Throws ERANGE where any of `bytes` bytes is at 2^64 or beyond. */
export function splitVirtual(name: string, virtual: bigint, length: number): SplitAddress {
  const last = virtual + BigInt(length - 1)
  if (last >> 64n !== 0n) {
    const text = `0x${last.toString(16)}`
    throw refusal(
      'ERANGE',
      `${text} is beyond virtual memory: the largest address is 0xffffffffffffffff`,
      text,
    )
  }
  const address = Number(virtual % SPAN)
  const base = virtual - BigInt(address)
  return { key: base === 0n ? name : `${name}:0x${base.toString(16)}`, base, address }
}
