import { type Choice, openPhysical } from '../../memory/local/physical.ts'
import type { Mode } from '../../memory/local/source.ts'
import type { Place } from '../../place/schemes/index.ts'
import { formatHex } from '../../text/number.ts'
import { checkPhysical } from '../bounds.ts'
import type { Found, Notify, Opened, Surroundings } from '../found.ts'

/** The physical memory of this machine. */
export function openThePhysical(mode: Mode, root: string, notify: Notify): Opened {
  const memory = openPhysical(mode, root, (choice) => notify(describe(choice)))
  return memory.devmem === undefined ? { memory } : { memory, source: memory.devmem }
}

function describe({ address, way, reason }: Choice): string {
  return `${formatHex(address, 32)} by ${way}${reason === '' ? '' : `: ${reason}`}`
}

/** A physical address, which must be one that this CPU has. */
export function findPhysical(
  address: number,
  bytes: number,
  { mode, root, notify }: Surroundings,
): Found {
  checkPhysical(address, bytes, root)
  return { key: 'physical', address, open: async () => openThePhysical(mode, root, notify) }
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
