/** Who says that something is there. */
export type Source =
  | 'iomem'
  | 'ioports'
  | 'firmware'
  | 'kcore'
  | 'pci'
  | 'uio'
  | 'device-tree'
  | 'dma-buffer'
  | 'board'

/**
 * What a stretch is: `bus` is a window behind which devices may be, `reserved` is what the firmware
 * or the kernel keeps, `rom` that of a simulated board, `device` everything that is none of the others.
 */
export type RegionKind = 'ram' | 'rom' | 'reserved' | 'bus' | 'device'

/** A base address register of a PCI function; its name as a place is `pci:DEVICE/barN`. */
export interface BarFact {
  kind: 'bar'
  /** As in /sys/bus/pci/devices: `0000:00:04.0`. */
  device: string
  bar: number
  prefetchable: boolean
  /** It is of I/O ports: on a CPU without such, of memory, in a window of the host bridge. */
  io?: true
  driver?: string
}

/** A map of a UIO device. */
export interface UioFact {
  kind: 'uio'
  /** N of uioN. */
  device: number
  deviceName: string
  /** N of mapN. */
  map: number
  mapName: string
  /** What names it, and nothing else on this machine. */
  unique: { device: number | string; map: number | string }
}

/** One region of the `reg` of a device tree node. */
export interface NodeFact {
  kind: 'node'
  /** `/soc/serial@7e201000` */
  path: string
  /** Which region of its `reg`, from 0; with the name that `reg-names` gives it. */
  region: number
  regionName?: string
  /** Names of the node in /aliases: `serial0`. */
  aliases: readonly string[]
  compatible: readonly string[]
  /** False where the `status` of it, or of a node above it, says so. */
  enabled: boolean
  /** RAM is known by `device_type`; what is set aside of it stands in /reserved-memory. */
  use: 'ram' | 'reserved' | 'device'
}

/** A buffer of u-dma-buf. */
export interface BufferFact {
  kind: 'buffer'
  /** As in /dev/NAME: `udmabuf0`. */
  name: string
}

/** A device of another bus than PCI. */
export interface DeviceFact {
  kind: 'device'
  /** As in /sys/bus/BUS/devices: `9000000.pl011`. */
  device: string
  bus: string
  driver?: string
}

/** A part of a simulated board. */
export interface BoardFact {
  kind: 'board'
  /** `ram`, `rom`, `device`, or how a register behaves: `read-write`. */
  what: string
  description?: string
}

export type Fact = BarFact | UioFact | NodeFact | BufferFact | DeviceFact | BoardFact

/** One stretch of the physical address space, or of the I/O ports, and what is known of it. */
export interface Region {
  /** First address; for ports, the number of the port. */
  start: number
  /** Last address: inclusive, as in /proc/iomem. */
  last: number
  /** As /proc/iomem has it; where it has no such region, the name of what is there. */
  name: string
  source: Source
  kind: RegionKind
  facts: Fact[]
  /** What is inside, by ascending addresses. */
  children: Region[]
}

/** Length in bytes. */
export function lengthOf({ start, last }: Pick<Region, 'start' | 'last'>): number {
  return last - start + 1
}

/** The name of the driver that has this very stretch, if one is known. */
export function driverOf({ facts }: Pick<Region, 'facts'>): string | undefined {
  for (const fact of facts) {
    if ((fact.kind === 'bar' || fact.kind === 'device') && fact.driver !== undefined) {
      return fact.driver
    }
  }
  return undefined
}

/** All regions of a tree, each before what is inside of it. */
export function* walk(regions: readonly Region[]): Generator<Region> {
  const waiting = regions.toReversed()
  for (let region = waiting.pop(); region !== undefined; region = waiting.pop()) {
    yield region
    for (const child of region.children.toReversed()) waiting.push(child)
  }
}

/** The regions that hold an address, outermost first. */
export function regionsAt(regions: readonly Region[], address: number): Region[] {
  const holders = (of: readonly Region[]) =>
    of.filter(({ start, last }) => start <= address && address <= last).reverse()
  const found: Region[] = []
  const waiting = holders(regions)
  for (let region = waiting.pop(); region !== undefined; region = waiting.pop()) {
    found.push(region)
    for (const child of holders(region.children)) waiting.push(child)
  }
  return found
}
