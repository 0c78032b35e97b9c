import { RequestError } from '../../errors.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { findRegion } from '../../inventory/locate.ts'
import { sizeOf } from '../../inventory/region.ts'
import { checkPhysical } from '../../machine/bounds.ts'
import { checkInside } from '../../memory/bounds.ts'
import { formatPlace } from '../../place/place.ts'
import type { Place } from '../../place/schemes/index.ts'
import { clip } from '../../text/refuse.ts'

/** A physical address, or a port. */
export interface Where {
  space: 'memory' | 'ports'
  address: number
}

/** Where a place is. Throws RequestErrors for one that is not there, and what translation throws. */
export async function locatePlace(
  inventory: Inventory,
  place: Place,
  root: string,
): Promise<Where> {
  if (place.scheme === 'port') return { space: 'ports', address: place.offset }
  return { space: 'memory', address: await physical(inventory, place, root) }
}

async function physical(inventory: Inventory, place: Place, root: string): Promise<number> {
  switch (place.scheme) {
    case 'address':
      if (inventory.file === undefined) checkPhysical(place.offset, 1, root)
      return place.offset
    // What reads and writes such places knows best what is wrong with one.
    case 'iomem':
      return (await import('../../machine/resolve/iomem.ts')).iomemStretch(place, 1, root).address
    case 'dt':
    case 'dtb': {
      const { deviceTreeStretch } = await import('../../machine/resolve/device-tree.ts')
      return deviceTreeStretch(place, 1, root).address
    }
    case 'pid': {
      const { translate } = await import('../../translate/index.ts')
      return (await translate(place.pid, place.virtual + BigInt(place.offset), { root })).address
    }
    case 'kernel': {
      const { translateKernel } = await import('../../translate/index.ts')
      const { at, offset } = place
      const virtual = typeof at === 'bigint' ? at : translateKernel(at, root).virtual
      return translateKernel(virtual + BigInt(offset), root).address
    }
    default:
      return known(inventory, place)
  }
}

/** By what is joined: a BAR, a UIO map, a buffer. */
function known(inventory: Inventory, place: Place): number {
  const region = findRegion(inventory, place)
  const shown = formatPlace({ ...place, offset: 0 })
  if (region === undefined) {
    const why = place.scheme === 'file' ? 'a file has none' : '`physmem list` shows what there is'
    const message = `${clip(shown)} has no physical address that is known: ${why}`
    throw new RequestError('ENOPLACE', message, { input: shown })
  }
  checkInside(place.offset, place.offset + 1, shown, sizeOf(region))
  return region.start + place.offset
}
