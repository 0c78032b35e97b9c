import { RequestError } from '../../errors.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { addressOf } from '../../inventory/locate.ts'
import { checkPhysical } from '../../machine/bounds.ts'
import { formatPlace, parsePlace } from '../../place/place.ts'
import type { Place } from '../../place/schemes/index.ts'
import { clip } from '../../text/refuse.ts'

/** The physical address, or the port, that a text names in an inventory. */
export interface Where {
  space: 'memory' | 'ports'
  address: number
}

/** Where a place is. Throws RequestErrors: for what is no place, or one that is not there. */
export async function addressOfPlace(
  inventory: Inventory,
  text: string,
  root: string,
): Promise<Where> {
  const place = parsePlace(text)
  if (place.scheme === 'port') return { space: 'ports', address: place.offset }
  if (inventory.file === undefined && place.scheme === 'address') {
    checkPhysical(place.offset, 1, root)
  }
  return { space: 'memory', address: await physical(inventory, place, root) }
}

async function physical(inventory: Inventory, place: Place, root: string): Promise<number> {
  switch (place.scheme) {
    // What reads and writes such places knows best what is wrong with one.
    case 'iomem':
      return (await import('../../machine/resolve/iomem.ts')).iomemStretch(place, 1, root).address
    case 'dt':
    case 'dtb': {
      const { deviceTreeStretch } = await import('../../machine/resolve/device-tree.ts')
      return deviceTreeStretch(place, 1, root).address
    }
    default: {
      const address = addressOf(inventory, place)
      if (address !== undefined) return address
    }
  }
  const shown = formatPlace(place)
  const hint = HINTS[place.scheme] ?? '`physmem list` shows what there is'
  throw new RequestError(
    'ENOPLACE',
    `${clip(shown)} has no physical address that is known: ${hint}`,
    {
      input: shown,
    },
  )
}

const HINTS: Partial<Record<Place['scheme'], string>> = {
  file: 'a file has none',
  pid: '`physmem translate` finds it',
  kernel: '`physmem translate` finds it',
}
