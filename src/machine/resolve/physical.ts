import { openDevMem } from '../../memory/local/devmem.ts'
import { MappedMemory } from '../../memory/local/mapped.ts'
import type { Mode } from '../../memory/local/source.ts'
import type { Place } from '../../place/schemes/index.ts'
import { checkPhysical } from '../bounds.ts'
import type { Found, Notify, Opened, Surroundings } from '../found.ts'

/** Opens the physical memory of this machine. */
export async function openPhysical(mode: Mode, root: string, _notify: Notify): Promise<Opened> {
  const source = openDevMem(mode, root)
  return { memory: new MappedMemory(source), source }
}

/** A physical address, which must be one that this CPU has. */
export function findPhysical(
  address: number,
  bytes: number,
  { mode, root, notify }: Surroundings,
): Found {
  checkPhysical(address, bytes, root)
  return { key: 'physical', address, open: () => openPhysical(mode, root, notify) }
}

/** The physical address of a place, or `undefined` when it is no single stretch of such. */
export async function physicalAddress(place: Place, root: string): Promise<number | undefined> {
  switch (place.scheme) {
    case 'address':
      return place.offset
    case 'iomem':
      return (await import('./iomem.ts')).iomemAddress(place, 1, root)
    case 'dt':
    case 'dtb':
      return (await import('./device-tree.ts')).deviceTreeAddress(place, 1, root)
    default:
      return undefined
  }
}
