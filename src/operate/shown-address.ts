import type { Memory } from '../memory/memory.ts'
import type { Place } from '../place/schemes/index.ts'

/**
 * An address as people know it: a physical or a virtual one, or an offset in what a place names. A
 * number where that is exact, below 2^53; JSON has the others as strings.
 */
export type ShownAddress = number | bigint

/** What an address of a memory is for people. */
export function shownAddress({ origin }: Pick<Memory, 'origin'>, address: number): ShownAddress {
  return origin === 0n ? address : exactAddress(origin + BigInt(address))
}

/** The same of a place that was not opened, as far as the place itself tells it. */
export function addressToldBy(place: Place): ShownAddress | undefined {
  const { scheme, offset } = place
  if (scheme === 'pid') return exactAddress(place.virtual + BigInt(offset))
  if (scheme === 'kernel') {
    return typeof place.at === 'bigint' ? exactAddress(place.at + BigInt(offset)) : undefined
  }
  return scheme === 'iomem' || scheme === 'dt' || scheme === 'dtb' ? undefined : offset
}

/** A number where that is exact. */
export function exactAddress(address: bigint): ShownAddress {
  return address <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(address) : address
}
