import type { Names } from '../inventory/names.ts'
import { driverOf, type Fact, lengthOf, type Region } from '../inventory/region.ts'
import { formatPlace } from '../place/place.ts'

/** A stretch of physical memory, or of I/O ports. */
export interface RegionReport extends Pick<Region, 'start' | 'name' | 'kind' | 'source'> {
  /** The last address. */
  end: number
  /** Bytes; of ports, how many there are. */
  length: number
  driver?: string
  /** What names it. */
  places: string[]
  facts: readonly Fact[]
}

/** One with what is inside of it. */
export interface TreeReport extends RegionReport {
  children: TreeReport[]
}

/** A region without what is inside of it. */
export function regionToJson(
  region: Region,
  names: Names,
  space: 'memory' | 'ports',
): RegionReport {
  const { start, last, name, kind, source, facts } = region
  const driver = driverOf(region)
  const places = space === 'memory' ? names.ofMemory(region).map(formatPlace) : []
  return {
    ...{ start, end: last, length: lengthOf(region), name, kind, source },
    ...(driver === undefined ? {} : { driver }),
    ...{ places, facts },
  }
}

/** A tree of regions. */
export function treeToJson(
  regions: readonly Region[],
  names: Names,
  space: 'memory' | 'ports',
): TreeReport[] {
  return regions.map((region) => ({
    ...regionToJson(region, names, space),
    children: treeToJson(region.children, names, space),
  }))
}
