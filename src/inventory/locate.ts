import type { Place } from '../place/schemes/index.ts'
import { isByIds, isInConfig, pciAddress } from '../place/schemes/pci.ts'
import type { Inventory } from './inventory.ts'
import { type Fact, type Region, walk } from './region.ts'

/**
 * The region that a place is in: a BAR, a UIO map, a resource of /proc/iomem, a region of a device
 * tree node, a buffer of u-dma-buf. `undefined` when none has this name, or several have, or the
 * place is of another kind, or names a PCI function by its ids. The place's offset is not looked at.
 */
export function findRegion(inventory: Inventory, place: Place): Region | undefined {
  const [first, ...others] = [...walk(inventory.memory)].filter((region) => isNamed(region, place))
  const isSame = ({ start, last }: Region) => start === first?.start && last === first.last
  return others.every(isSame) ? first : undefined
}

function isNamed({ facts, source, name }: Region, place: Place): boolean {
  if (place.scheme === 'iomem') return source === 'iomem' && name === place.name
  return facts.some((fact) => isFact(fact, place))
}

function isFact(fact: Fact, place: Place): boolean {
  switch (place.scheme) {
    case 'pci':
      if (isByIds(place) || isInConfig(place)) return false
      return fact.kind === 'bar' && fact.device === pciAddress(place) && fact.bar === place.bar
    case 'uio':
      return (
        fact.kind === 'uio' &&
        [fact.device, fact.unique.device].includes(place.device) &&
        [fact.map, fact.unique.map].includes(place.map)
      )
    case 'dt':
    case 'dtb':
      return (
        fact.kind === 'node' &&
        [fact.path, ...fact.aliases].includes(place.node) &&
        [fact.region, fact.regionName].includes(place.region)
      )
    case 'file':
      return fact.kind === 'buffer' && `/dev/${fact.name}` === place.path
    default:
      return false
  }
}
