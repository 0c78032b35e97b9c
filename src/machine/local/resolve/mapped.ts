import { memoryOf } from '../../../engine/from-start.ts'
import type { MapSource, Mode } from '../../../engine/source.ts'
import type { Files } from '../../../linux/files.ts'
import { filesAt } from '../../../linux/files-at.ts'
import { identityAt } from '../../../linux/identity.ts'
import { barFile } from '../../../linux/pci.ts'
import type { LocalSystem } from '../../../linux/system.ts'
import { uioIdentity } from '../../../linux/uio.ts'
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
  system: LocalSystem,
): Promise<MapSource> {
  switch (place.scheme) {
    case 'file':
      return (await import('../../../ways/file.ts')).openFile(place.path, mode, system)
    case 'pci': {
      const { bar, writeCombining } = place
      const { openPciBar } = await import('../../../ways/pci.ts')
      return openPciBar(
        { device: pciFunctionOf(place, system.files), bar, writeCombining },
        mode,
        system,
      )
    }
    case 'uio':
      return (await import('../../../ways/uio.ts')).openUio(place, mode, system)
  }
}

/** The same for two places in one BAR, however its function is named. */
export function nameOfMemory(place: MappedPlace, files: Files): string {
  const start = formatPlace({ ...place, offset: 0 })
  if (place.scheme !== 'pci') return start
  return `pci:${pciFunctionOf(place, files)}${start.slice(start.indexOf('/'))}`
}

/** Of what is there now. */
function identityOf(place: MappedPlace, files: Files): string | undefined {
  switch (place.scheme) {
    case 'file':
      return identityAt(place.path, filesAt())
    case 'pci':
      return identityAt(
        barFile(pciFunctionOf(place, files), place.bar, place.writeCombining),
        files,
      )
    case 'uio':
      return uioIdentity(place.device, files)
  }
}

/** Which memory a place is in. What it wants to know far away comes with what is asked after it. */
export function whereMapped(
  place: MappedPlace,
  files: Files,
): Pick<Found, 'key' | 'identity' | 'address'> {
  const key = nameOfMemory(place, files)
  return { key, identity: identityOf(place, files), address: place.offset }
}

export function findMapped(place: MappedPlace, { mode, system }: Surroundings): Found {
  return {
    ...whereMapped(place, system.files),
    open: async () => ({ memory: memoryOf(await openMappedSource(place, mode, system)) }),
  }
}
