/**
 * What a machine has at which physical addresses and I/O ports: /proc/iomem and /proc/ioports,
 * joined with the BARs of PCI, UIO maps, the device tree, buffers of u-dma-buf, and drivers. Nothing
 * here touches memory.
 *
 * @module
 */
export { type Description, describeAddress } from './describe.ts'
export type { Hidden } from './hidden.ts'
export { type Inventory, readInventory, readTreeInventory } from './inventory.ts'
export type { PortWindow } from './io-windows.ts'
export { findRegion } from './locate.ts'
export { type ListedPlace, listPlaces } from './places.ts'
export {
  type BarFact,
  type BufferFact,
  type DeviceFact,
  driverOf,
  type Fact,
  lengthOf,
  type NodeFact,
  type Region,
  type RegionKind,
  regionsAt,
  type Source,
  type UioFact,
  walk,
} from './region.ts'
