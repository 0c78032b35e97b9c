import type { Hidden } from '../../../inventory/hidden.ts'
import type { Inventory } from '../../../inventory/inventory.ts'
import type { Names } from '../../../inventory/names.ts'
import { driverOf, type Region, sizeOf } from '../../../inventory/region.ts'
import { formatPlace } from '../../../place/place.ts'

/** A region without what is inside of it. */
export function regionToJson(region: Region, names: Names, space: 'memory' | 'ports') {
  const { start, end, name, kind, source, facts } = region
  const driver = driverOf(region)
  const places = space === 'memory' ? names.ofMemory(region).map(formatPlace) : []
  return {
    ...{ start, end, size: sizeOf(region), name, kind, source },
    ...(driver === undefined ? {} : { driver }),
    ...{ places, facts },
  }
}

/** A tree of regions. */
export function treeToJson(
  regions: readonly Region[],
  names: Names,
  space: 'memory' | 'ports',
): object[] {
  return regions.map((region) => ({
    ...regionToJson(region, names, space),
    children: treeToJson(region.children, names, space),
  }))
}

/** What every document of an inventory has. */
export function originToJson({ hidden, problems, file, board, overlay }: Inventory): {
  hidden?: Hidden
  problems: readonly string[]
  file?: string
  target?: string
  overlay?: true
} {
  return {
    ...(file === undefined ? {} : { file }),
    ...(board === undefined ? {} : { target: board }),
    ...(overlay === undefined ? {} : { overlay }),
    ...(hidden === undefined ? {} : { hidden }),
    problems,
  }
}
