import { refusal } from '../../text/refuse.ts'

/** Addresses of a memory are below 2^52; what is cut off virtual ones leaves whole megabytes alone. */
const SPAN = 1n << 48n

/** A virtual address, as an address in one of the memories that virtual memory is divided into. */
export interface SplitAddress {
  /** The memory's name: the bare `name` for the lowest part, where programs have everything. */
  key: string
  /** The virtual address of the memory's address 0, a multiple of 2^48. */
  base: bigint
  address: number
}

/** Throws ERANGE for an address of 2^64 or more. */
export function splitVirtual(name: string, virtual: bigint): SplitAddress {
  const text = `0x${virtual.toString(16)}`
  if (virtual >> 64n !== 0n) {
    throw refusal(
      'ERANGE',
      `${text} is not a virtual address: the largest is 0xffffffffffffffff`,
      text,
    )
  }
  const address = Number(virtual % SPAN)
  const base = virtual - BigInt(address)
  return { key: base === 0n ? name : `${name}:0x${base.toString(16)}`, base, address }
}
