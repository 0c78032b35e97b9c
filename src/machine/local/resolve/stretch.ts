import type { System } from '../../../linux/system.ts'
import { checkInside } from '../../../memory/bounds.ts'
import type { PhysicalStretch } from '../../../place/located.ts'
import { formatPlace } from '../../../place/place.ts'
import { type PhysicalPlace, wholeStretch } from '../../../place/schemes/index.ts'
import { checkPhysical } from '../bounds.ts'

/**
 * Where `length` bytes at a place are, and how far it is from there to the end of what it names.
 * Rejects with ENOPLACE for what does not exist, with ERANGE for what is not inside it, and for
 * addresses that this CPU does not have.
 */
export async function physicalStretch(
  place: PhysicalPlace,
  length: number,
  system: System,
): Promise<PhysicalStretch> {
  const stretch = await stretchOf(place, length, system)
  checkPhysical(stretch.address, length, system.files)
  return stretch
}

/** The same of a machine whose addresses are not those of this CPU. */
export async function stretchOf(
  place: PhysicalPlace,
  length: number,
  system: System,
): Promise<PhysicalStretch> {
  const { offset } = place
  const { address, length: all } = await wholeStretch(place, system)
  if (all === undefined) return { address: address + offset, length: undefined }
  checkInside(offset, offset + length, formatPlace({ ...place, offset: 0 }), all)
  return { address: address + offset, length: all - offset }
}
