import { type Choice, openPhysical } from '../../memory/local/physical.ts'
import type { Mode } from '../../memory/local/source.ts'
import type { Place } from '../../place/schemes/index.ts'
import { formatHex } from '../../text/number.ts'
import { checkPhysical } from '../bounds.ts'
import type { Found, Notify, Opened, PhysicalStretch, Surroundings } from '../found.ts'

/** The physical memory of this machine. */
export function openThePhysical(mode: Mode, root: string, notify: Notify): Opened {
  const memory = openPhysical(mode, root, (choice) => notify(describe(choice)))
  return memory.devmem === undefined ? { memory } : { memory, source: memory.devmem }
}

function describe({ address, way, reason }: Choice): string {
  return `${formatHex(address, 32)} by ${way}${reason === '' ? '' : `: ${reason}`}`
}

/** A place that names physical addresses. */
export type PhysicalPlace = Extract<Place, { scheme: 'address' | 'iomem' | 'dt' | 'dtb' }>

export function isPhysical(place: Place): place is PhysicalPlace {
  return ['address', 'iomem', 'dt', 'dtb'].includes(place.scheme)
}

/** Where `bytes` bytes at a place are, which must be addresses that this CPU has. */
export async function physicalStretch(
  place: PhysicalPlace,
  bytes: number,
  root: string,
): Promise<PhysicalStretch> {
  const stretch = await stretchOf(place, bytes, root)
  checkPhysical(stretch.address, bytes, root)
  return stretch
}

async function stretchOf(
  place: PhysicalPlace,
  bytes: number,
  root: string,
): Promise<PhysicalStretch> {
  switch (place.scheme) {
    case 'address':
      return { address: place.offset, length: undefined }
    case 'iomem':
      return (await import('./iomem.ts')).iomemStretch(place, bytes, root)
    case 'dt':
    case 'dtb':
      return (await import('./device-tree.ts')).deviceTreeStretch(place, bytes, root)
  }
}

export async function findPhysical(
  place: PhysicalPlace,
  bytes: number,
  { mode, root, notify }: Surroundings,
): Promise<Found> {
  const stretch = await physicalStretch(place, bytes, root)
  return { key: 'physical', ...stretch, open: async () => openThePhysical(mode, root, notify) }
}
