/**
 * What a machine has at which physical addresses and I/O ports: /proc/iomem and /proc/ioports,
 * joined with the BARs of PCI, UIO maps, the device tree, buffers of u-dma-buf, and drivers. Nothing
 * here touches memory; every function that reads takes the folder that stands for `/`.
 *
 * @module
 */

import { PLACE } from '../place/kinds.ts'
import { checked } from '../text/checked.ts'
import { shape } from '../text/options.ts'
import * as describe from './describe.ts'
import * as locate from './locate.ts'
import * as places from './places.ts'
import { INVENTORY, REGIONS } from './published-kinds.ts'
import * as region from './region.ts'

export type { Description } from './describe.ts'
export type { Hidden } from './hidden.ts'
export { type Inventory, readInventory, readTreeInventory } from './inventory.ts'
export type { PortWindow } from './io-windows.ts'
export type { ListedPlace } from './places.ts'
export type {
  BarFact,
  BufferFact,
  DeviceFact,
  Fact,
  NodeFact,
  Region,
  RegionKind,
  Source,
  UioFact,
} from './region.ts'

export const describeAddress = checked(describe.describeAddress, {
  inventory: INVENTORY,
  address: 'number',
  'space?': ['memory', 'ports'],
})

export const findRegion = checked(locate.findRegion, { inventory: INVENTORY, place: PLACE })

export const listPlaces = checked(places.listPlaces, { inventory: INVENTORY })

export const driverOf = checked(region.driverOf, { region: shape('a region', { facts: 'array' }) })
export const regionsAt = checked(region.regionsAt, { regions: REGIONS, address: 'number' })
export const sizeOf = checked(region.sizeOf, {
  region: shape('a region', { start: 'number', end: 'number' }),
})
export const walk = checked(region.walk, { regions: REGIONS })
