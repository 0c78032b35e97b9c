import type { Hidden } from '../../inventory/hidden.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import type { Names } from '../../inventory/names.ts'
import { driverOf, type Region, sizeOf } from '../../inventory/region.ts'
import { formatPlace } from '../../place/place.ts'

/** A region without what is inside of it. */
export function regionToJson(region: Region, names: Names, space: 'memory' | 'ports') {
  const { start, end, name, kind, source, facts } = region
  const driver = driverOf(region)
  const places = space === 'memory' ? names.ofMemory(region).map(formatPlace) : undefined
  return {
    ...{ start, end, size: sizeOf(region), name, kind, source },
    ...(driver === undefined ? {} : { driver }),
    ...(places === undefined || places.length === 0 ? {} : { places }),
    ...(facts.length === 0 ? {} : { facts }),
  }
}

/** A tree of regions; `children` only where there are some. */
export function treeToJson(
  regions: readonly Region[],
  names: Names,
  space: 'memory' | 'ports',
): object[] {
  return regions.map((region) => {
    const children = treeToJson(region.children, names, space)
    return { ...regionToJson(region, names, space), ...(children.length > 0 ? { children } : {}) }
  })
}

/** What every document of an inventory has. */
export function originToJson({ hidden, problems, file, overlay }: Inventory): {
  hidden?: Hidden
  problems?: string[]
  file?: string
  overlay?: true
} {
  return {
    ...(file === undefined ? {} : { file }),
    ...(overlay === undefined ? {} : { overlay }),
    ...(hidden === undefined ? {} : { hidden }),
    ...(problems.length === 0 ? {} : { problems }),
  }
}
