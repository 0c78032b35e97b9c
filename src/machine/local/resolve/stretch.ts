import type { System } from '../../../linux/system.ts'
import type { Place } from '../../../place/schemes/index.ts'
import type { PhysicalStretch } from '../../found.ts'
import { checkPhysical } from '../bounds.ts'

/** A place that names physical addresses. */
export type PhysicalPlace = Extract<Place, { scheme: 'address' | 'iomem' | 'dt' | 'dtb' }>

export function isPhysical(place: Place): place is PhysicalPlace {
  return ['address', 'iomem', 'dt', 'dtb'].includes(place.scheme)
}

/** Where `bytes` bytes at a place are, which must be addresses that this CPU has. */
export async function physicalStretch(
  place: PhysicalPlace,
  length: number,
  system: System,
): Promise<PhysicalStretch> {
  const stretch = await stretchOf(place, length, system)
  checkPhysical(stretch.address, length, system.files)
  return stretch
}

async function stretchOf(
  place: PhysicalPlace,
  length: number,
  system: System,
): Promise<PhysicalStretch> {
  switch (place.scheme) {
    case 'address':
      return { address: place.offset, length: undefined }
    case 'iomem':
      return (await import('./iomem.ts')).iomemStretch(place, length, system)
    case 'dt':
    case 'dtb':
      return (await import('./device-tree.ts')).deviceTreeStretch(place, length, system.files)
  }
}
