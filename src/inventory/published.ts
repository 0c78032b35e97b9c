/**
 * What `index.ts` exports, as programs get it: with the kinds of its arguments checked.
 *
 * @module
 */
import { PLACE } from '../place/kinds.ts'
import { checked } from '../text/checked.ts'
import { shape } from '../text/options.ts'
import * as describe from './describe.ts'
import type { Inventory } from './inventory.ts'
import { REGIONS } from './kinds-given.ts'
import * as locate from './locate.ts'
import * as places from './places.ts'
import type { Region } from './region.ts'
import * as region from './region.ts'

export * from './index.ts'

const INVENTORY = shape<Inventory>('what readInventory gives', { memory: REGIONS, ports: REGIONS })

export const describeAddress = checked(describe.describeAddress, {
  inventory: INVENTORY,
  address: 'number',
  'space?': ['memory', 'ports'],
})

export const findRegion = checked(locate.findRegion, { inventory: INVENTORY, place: PLACE })

export const listPlaces = checked(places.listPlaces, { inventory: INVENTORY })

export const driverOf = checked(region.driverOf, {
  region: shape<Region>('a region', { facts: 'array' }),
})

export const regionsAt = checked(region.regionsAt, { regions: REGIONS, address: 'number' })

export const lengthOf = checked(region.lengthOf, {
  region: shape<Region>('a region', { start: 'number', last: 'number' }),
})

export const walk = checked(region.walk, { regions: REGIONS })
