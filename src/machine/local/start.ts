import { filesAt } from '../../linux/files-at.ts'
import { findSymbol } from '../../linux/kallsyms.ts'
import { findUioMap } from '../../linux/uio-find.ts'
import { formatPlace } from '../../place/place.ts'
import type { Place } from '../../place/schemes/index.ts'
import { deviceTreeStretch } from './resolve/device-tree.ts'
import { iomemStretch } from './resolve/iomem.ts'

/**
 * Where what a place is in begins in physical memory, or a place as far after a page: 0 where that
 * is at the start of one. The table of kinds of place. Throws when the place does not exist.
 */
export function startOf(place: Place, root: string): number {
  switch (place.scheme) {
    case 'uio':
      return findUioMap(place, formatPlace(place), filesAt(root)).map.offset
    case 'iomem':
      return iomemStretch({ ...place, offset: 0 }, 1, root).address
    case 'dt':
    case 'dtb':
      return deviceTreeStretch({ ...place, offset: 0 }, 1, root).address
    case 'kernel':
      return typeof place.at === 'string' ? ofSymbol(place.at, root) : 0
    default:
      return 0
  }
}

/** A symbol lies as far after a multiple of 8 in physical memory: pages are mapped whole. */
function ofSymbol(name: string, root: string): number {
  return Number((findSymbol(name, filesAt(root))[0]?.address ?? 0n) % 8n)
}
