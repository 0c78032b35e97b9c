import type { Files } from '../../linux/files.ts'
import { findSymbol } from '../../linux/kallsyms.ts'
import type { System } from '../../linux/system.ts'
import { findUioMap } from '../../linux/uio-find.ts'
import { formatPlace } from '../../place/place.ts'
import type { Place } from '../../place/schemes/index.ts'
import { stretchInFile, stretchInTree } from '../../ways/named/device-tree.ts'
import { iomemStretch } from '../../ways/named/iomem.ts'

/**
 * Where what a place is in begins in physical memory, or a place as far after a page: 0 where that
 * is at the start of one. The table of kinds of place. Throws when the place does not exist.
 */
export function startOf(place: Place, system: System): number {
  switch (place.scheme) {
    case 'uio':
      return findUioMap(place, formatPlace(place), system.files).map.offset
    case 'iomem':
      return iomemStretch(place.name, system).address
    case 'dt':
      return stretchInTree(place, system.files, formatPlace(place)).address
    case 'dtb':
      return stretchInFile(place).address
    case 'kernel':
      return typeof place.at === 'string' ? ofSymbol(place.at, system.files) : 0
    default:
      return 0
  }
}

/** A symbol lies as far after a multiple of 8 in physical memory: pages are mapped whole. */
function ofSymbol(name: string, files: Files): number {
  return Number((findSymbol(name, files)[0]?.address ?? 0n) % 8n)
}
