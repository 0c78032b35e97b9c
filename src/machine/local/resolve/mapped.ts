import { memoryOf } from '../../../engine/from-start.ts'
import type { MapSource, Mode } from '../../../engine/source.ts'
import { formatPlace } from '../../../place/place.ts'
import type { FilePlace } from '../../../place/schemes/file.ts'
import type { Place } from '../../../place/schemes/index.ts'
import { isInConfig, type PciIdPlace, type PciPlace } from '../../../place/schemes/pci.ts'
import type { UioPlace } from '../../../place/schemes/uio.ts'
import type { Found, Surroundings } from '../../found.ts'
import { pciFunctionOf } from './pci.ts'

/** A place in one file or device node, which is mapped as it is. */
export type MappedPlace = FilePlace | PciPlace | PciIdPlace | UioPlace

export function isMapped(place: Place): place is MappedPlace {
  if (place.scheme === 'pci') return !isInConfig(place)
  return place.scheme === 'file' || place.scheme === 'uio'
}

/** Opens the file or device node that a place is in. */
export async function openMappedSource(
  place: MappedPlace,
  mode: Mode,
  root: string,
): Promise<MapSource> {
  switch (place.scheme) {
    case 'file':
      return (await import('../../../ways/file.ts')).openFile(place.path, mode, root)
    case 'pci': {
      const { bar, writeCombining } = place
      const { openPciBar } = await import('../../../ways/pci.ts')
      return openPciBar({ device: pciFunctionOf(place, root), bar, writeCombining }, mode, root)
    }
    case 'uio':
      return (await import('../../../ways/uio.ts')).openUio(place, mode, root)
  }
}

/** The same for two places in one BAR, however its function is named. */
export function nameOfMemory(place: MappedPlace, root: string): string {
  const start = formatPlace({ ...place, offset: 0 })
  if (place.scheme !== 'pci') return start
  return `pci:${pciFunctionOf(place, root)}${start.slice(start.indexOf('/'))}`
}

export function findMapped(place: MappedPlace, { mode, root }: Surroundings): Found {
  return {
    key: nameOfMemory(place, root),
    address: place.offset,
    open: async () => {
      const source = await openMappedSource(place, mode, root)
      return { memory: memoryOf(source), source }
    },
  }
}
