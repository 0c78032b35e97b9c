import { formatPlace } from '../place/place.ts'
import type { AddressPlace } from '../place/schemes/address.ts'
import type { Inventory } from './inventory.ts'
import { type Name, Names } from './names.ts'
import { driverOf, lengthOf, type NodeFact, type Region, walk } from './region.ts'

/** A place that can be named on this machine. */
export interface ListedPlace {
  /**
   * `pci`, `uio`, `dt`, `dtb`, `iomem`, `port`, `file` for a buffer of u-dma-buf, or `address` for an
   * I/O BAR on a CPU without I/O ports, and for parts of a simulated board, which have no other name.
   */
  kind: ListedName['scheme']
  /** The canonical text: `pci:0000:00:04.0/bar0`, `iomem:"HPET 0"`. */
  place: string
  /** Where it is: a physical address, or the number of the first port. */
  address: number
  /** Bytes; for ports, how many there are. */
  length: number
  /** The driver that has it. */
  driver?: string
  /** What else says what it is, for people: `compatible`, the device, the name of the resource. */
  about: string
}

type ListedName = Name | AddressPlace

const order: readonly ListedName['scheme'][] = [
  ...(['pci', 'address', 'uio', 'dt', 'dtb', 'file', 'iomem', 'port'] as const),
]

/**
 * Every place that can be named: by kind, and in each by ascending addresses. Ports are named by
 * their numbers, those of the innermost stretches that something has; not on a CPU that has no
 * ports.
 */
export function listPlaces(inventory: Inventory): ListedPlace[] {
  const names = new Names(inventory)
  const memory = [...walk(inventory.memory)].flatMap((region) =>
    listed(region, [...names.ofMemory(region), ...bareAddress(region)]),
  )
  const ports = innermost(inventory.portWindows ? [] : inventory.ports).flatMap((region) =>
    listed(region, [{ scheme: 'port', offset: region.start }]),
  )
  // A name may be that of a region and of one inside that is the same stretch.
  const seen = new Set<string>()
  const all = [...memory, ...ports].filter(({ place }) => !seen.has(place) && seen.add(place))
  return order.flatMap((kind) => all.filter((place) => place.kind === kind))
}

/** The regions that hold no smaller ones; of several of one stretch, the outermost. */
function innermost(regions: readonly Region[]): Region[] {
  return regions.flatMap((region) => {
    const smaller = region.children.some((child) => lengthOf(child) < lengthOf(region))
    if (smaller || (region.kind === 'bus' && region.children.length > 0)) {
      return innermost(region.children)
    }
    return region.kind === 'bus' ? [] : [region]
  })
}

/** Of what has no other name: I/O BARs in memory, and the registers and RAM of a simulated board. */
function bareAddress({ facts, start, children }: Region): AddressPlace[] {
  const isNameless = facts.some(
    (fact) => (fact.kind === 'bar' && fact.io) || (fact.kind === 'board' && children.length === 0),
  )
  return isNameless ? [{ scheme: 'address', offset: start }] : []
}

function listed(region: Region, names: readonly ListedName[]): ListedPlace[] {
  const driver = driverOf(region)
  return names.map((name) => ({
    kind: name.scheme,
    place: formatPlace(name),
    address: region.start,
    length: lengthOf(region),
    ...(driver === undefined ? {} : { driver }),
    about: aboutName(region, name),
  }))
}

function aboutName({ facts, name }: Region, { scheme }: ListedName): string {
  for (const fact of facts) {
    if (scheme === 'pci' && fact.kind === 'bar') return fact.prefetchable ? 'prefetchable' : ''
    if (scheme === 'uio' && fact.kind === 'uio') return `uio${fact.device}/map${fact.map}`
    if (fact.kind === 'node' && (scheme === 'dt' || scheme === 'dtb')) return aboutNode(fact)
    const isIo = scheme === 'port' || scheme === 'address'
    if (isIo && fact.kind === 'bar') return `pci:${fact.device} BAR ${fact.bar}`
    if (fact.kind === 'board') return [name, fact.what, fact.description ?? ''].join('  ').trimEnd()
    if (scheme === 'iomem' && fact.kind === 'device' && fact.device !== name) return fact.device
  }
  return scheme === 'port' ? name : ''
}

function aboutNode({ regionName, compatible, enabled }: NodeFact): string {
  const words = [...(regionName === undefined ? [] : [regionName]), ...compatible.slice(0, 2)]
  return [...words, ...(enabled ? [] : ['(disabled)'])].join(' ')
}
