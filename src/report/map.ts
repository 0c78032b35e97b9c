import type { InventoryReport } from './inventory.ts'
import type { RegionReport, TreeReport } from './region.ts'

/** `physmem map --json`: of all that there is, or of one place. */
export type MapDocument = InventoryReport & (MapReport | AddressReport)

export interface MapReport {
  memory: TreeReport[]
  ports: TreeReport[]
}

export interface AddressReport {
  space: 'memory' | 'ports'
  address: number
  /** Outermost first, and how far from the start of each the address is. */
  regions: (RegionReport & { offset: number })[]
  /** The PCI function that has the innermost. */
  device?: FunctionReport
  /** Of RAM. */
  numaNode?: number
  places: string[]
  /** What the address is on other buses than the CPU's. */
  busAddresses?: { bus: string; address: number }[]
  /** The neighbours, where nothing is known of the address. */
  below?: RegionReport
  above?: RegionReport
}

/** A PCI function; its numbers as its configuration space has them. */
export interface FunctionReport {
  address: string
  vendor?: number | undefined
  device?: number | undefined
  class?: number | undefined
  enabled?: boolean | undefined
  power: string
  /** Whether it answers accesses to its BARs of memory, and of I/O ports. */
  commandMemory?: boolean
  commandIo?: boolean
}
