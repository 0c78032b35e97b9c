import { RequestError } from '../errors.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { checkInside } from '../memory/bounds.ts'
import { formatPlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { clip } from '../text/refuse.ts'
import { isPhysical, physicalStretch } from './resolve/physical.ts'

/** A physical address, or an I/O port. */
export interface PlaceAddress {
  space: 'memory' | 'ports'
  address: number
}

export interface AddressOptions {
  /** The folder that stands for `/`. */
  root?: string
  /** What the machine has, where that was read already. */
  inventory?: Inventory
}

/**
 * The physical address of a place, or its port, as far as it can be told without opening it. That of
 * a page may be another one a moment later. Rejects with a RequestError for a place that does not
 * exist or has no known address, and with what translation is refused for.
 */
export async function addressOfPlace(
  place: Place,
  options: AddressOptions = {},
): Promise<PlaceAddress> {
  if (place.scheme === 'port') return { space: 'ports', address: place.offset }
  return { space: 'memory', address: await physicalAddress(place, options) }
}

async function physicalAddress(place: Place, { root = '/', inventory }: AddressOptions) {
  if (isPhysical(place)) return (await physicalStretch(place, 1, root)).address
  switch (place.scheme) {
    case 'pid': {
      const { ProcessTranslator } = await import('../translate/process-translator.ts')
      using translator = new ProcessTranslator(place.pid, root)
      return translator.translate(place.virtual + BigInt(place.offset)).address
    }
    case 'kernel': {
      const { translateKernel } = await import('../translate/kernel.ts')
      const { at, offset } = place
      const virtual = typeof at === 'bigint' ? at : translateKernel(at, root).virtual
      return translateKernel(virtual + BigInt(offset), root).address
    }
    default:
      return known(place, inventory ?? (await readIt(root)))
  }
}

async function readIt(root: string): Promise<Inventory> {
  return (await import('../inventory/inventory.ts')).readInventory(root)
}

/** By what is joined: a BAR, a UIO map, a buffer. */
async function known(place: Place, inventory: Inventory): Promise<number> {
  const { findRegion } = await import('../inventory/locate.ts')
  const region = findRegion(inventory, place)
  const shown = formatPlace({ ...place, offset: 0 })
  if (region === undefined) {
    const why = place.scheme === 'file' ? 'a file has none' : '`physmem list` shows what there is'
    const message = `${clip(shown)} has no physical address that is known: ${why}`
    throw new RequestError('ENOPLACE', message, { input: shown })
  }
  checkInside(place.offset, place.offset + 1, shown, region.end - region.start + 1)
  return region.start + place.offset
}
