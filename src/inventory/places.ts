import { formatPlace } from '../place/place.ts'
import type { AddressPlace } from '../place/schemes/address.ts'
import type { Inventory } from './inventory.ts'
import { type Name, Names } from './names.ts'
import { driverOf, lengthOf, type NodeFact, type Region, walk } from './region.ts'

/** What else says what a place is; absent where it does not apply. */
export interface PlaceAbout {
  /** Of a part of a simulated board, or of I/O ports. */
  name?: string
  /** Of a part of a simulated board: `ram`, `rom`, or how a register behaves: `read-write`. */
  what?: string
  description?: string
  /** A device that it is of: a PCI function or, as in /sys/bus/BUS/devices, another. */
  device?: string
  /** Which BAR of it. */
  bar?: number
  /** Set where a BAR is prefetchable. */
  prefetchable?: true
  /** A map of a UIO device by its numbers: `uio0/map0`. */
  map?: string
  /** Of a node of a device tree, as `reg-names` has it. */
  regionName?: string
  compatible?: readonly string[]
  /** Set where the `status` of a node, or of one above it, says so. */
  disabled?: true
}

/** A place that can be named on this machine. */
export interface ListedPlace extends PlaceAbout {
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

/**
 * Of what has no other name: I/O BARs in memory, the registers and RAM of a simulated board, and
 * resources whose names nobody can type.
 */
function bareAddress({ facts, start, children, source, name }: Region): AddressPlace[] {
  const isNameless =
    (source === 'iomem' && isDriven(facts) && [...name].some((letter) => letter < ' ')) ||
    facts.some(
      (fact) =>
        (fact.kind === 'bar' && fact.io) || (fact.kind === 'board' && children.length === 0),
    )
  return isNameless ? [{ scheme: 'address', offset: start }] : []
}

/** Whether nothing is known of it but who drives it. */
function isDriven(facts: Region['facts']): boolean {
  return facts.every(({ kind }) => kind === 'device')
}

function listed(region: Region, names: readonly ListedName[]): ListedPlace[] {
  const driver = driverOf(region)
  return names.map((name) => ({
    kind: name.scheme,
    place: formatPlace(name),
    address: region.start,
    length: lengthOf(region),
    ...(driver === undefined ? {} : { driver }),
    ...aboutName(region, name),
  }))
}

function aboutName({ facts, name }: Region, { scheme }: ListedName): PlaceAbout {
  for (const fact of facts) {
    if (scheme === 'pci' && fact.kind === 'bar') return fact.prefetchable ? PREFETCHABLE : {}
    if (scheme === 'uio' && fact.kind === 'uio') return { map: `uio${fact.device}/map${fact.map}` }
    if (fact.kind === 'node' && (scheme === 'dt' || scheme === 'dtb')) return aboutNode(fact)
    const isIo = scheme === 'port' || scheme === 'address'
    if (isIo && fact.kind === 'bar') return { device: fact.device, bar: fact.bar }
    if (fact.kind === 'board') {
      const { what, description } = fact
      return { name, what, ...(description === undefined ? {} : { description }) }
    }
    if (scheme === 'iomem' && fact.kind === 'device' && fact.device !== name) {
      return { device: fact.device }
    }
  }
  return scheme === 'port' || scheme === 'address' ? { name } : {}
}

const PREFETCHABLE = { prefetchable: true } as const

function aboutNode({ regionName, compatible, enabled }: NodeFact): PlaceAbout {
  return {
    ...(regionName === undefined ? {} : { regionName }),
    ...(compatible.length === 0 ? {} : { compatible }),
    ...(enabled ? {} : { disabled: true }),
  }
}
