import type { Place } from '../place/schemes/index.ts'
import { pciAddress } from '../place/schemes/pci.ts'
import type { Inventory } from './inventory.ts'
import { type Fact, type Region, walk } from './region.ts'

/**
 * The physical address of a place, by what is known of the machine: a BAR, a UIO map, a resource, a
 * node of the device tree. `undefined` when no region is this, or the place is of another kind.
 */
export function addressOf(inventory: Inventory, place: Place): number | undefined {
  if (place.scheme === 'address' || place.scheme === 'port') return place.offset
  for (const region of walk(inventory.memory)) {
    if (isNamed(region, place)) return region.start + place.offset
  }
  return undefined
}

function isNamed({ facts, source, name }: Region, place: Place): boolean {
  if (place.scheme === 'iomem') return source === 'iomem' && name === place.name
  return facts.some((fact) => isFact(fact, place))
}

function isFact(fact: Fact, place: Place): boolean {
  switch (place.scheme) {
    case 'pci':
      return fact.kind === 'bar' && fact.device === pciAddress(place) && fact.bar === place.bar
    case 'uio':
      return (
        fact.kind === 'uio' &&
        [fact.device, fact.deviceName].includes(place.device) &&
        [fact.map, fact.mapName].includes(place.map)
      )
    case 'dt':
    case 'dtb':
      return (
        fact.kind === 'node' &&
        [fact.path, ...fact.aliases].includes(place.node) &&
        [fact.region, fact.regionName].includes(place.region)
      )
    default:
      return false
  }
}
