import type { Width } from '../base/width.ts'
import { checkInside } from '../memory/bounds.ts'
import type { Memory } from '../memory/memory.ts'
import { formatPlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import type { Locator } from './locator.ts'
import { shownAddress } from './shown-address.ts'
import type { Access } from './silence.ts'

/** A stretch of bytes in a memory that was found. */
export interface Stretch {
  place: Place
  memory: Memory
  address: number
  length: number
  /** Every element is at the first address, as of a FIFO. */
  fixed?: boolean
}

/**
 * Finds where a stretch lies, or with `fixed` the one element of it. Throws ERANGE when it is not all
 * inside its memory.
 */
export async function locateStretch(
  machine: Locator,
  place: Place,
  length: number,
  { fixed = false, width = 8 }: { fixed?: boolean; width?: Width } = {},
): Promise<Stretch> {
  const bytes = fixed ? width / 8 : length
  const { memory, address } = await machine.locate(place, bytes)
  const named = { place: formatPlace(place) }
  checkInside(address, address + bytes, memory.name, memory.length, named)
  return { place, memory, address, length, ...(fixed ? { fixed } : {}) }
}

/** The address of what is `offset` bytes after the start of a stretch. */
export function addressIn({ address, fixed }: Stretch, offset: number): number {
  return fixed ? address : address + offset
}

/** What an access to the stretch would be, for those who ask whether it could be answered. */
export function accessOf({ place, memory, address }: Stretch): Access {
  return { place, address: shownAddress(memory, address) }
}
