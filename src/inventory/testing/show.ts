import { formatPlace } from '../../place/place.ts'
import type { Inventory } from '../inventory.ts'
import { Names } from '../names.ts'
import { driverOf, type Region } from '../region.ts'

/** Regions of memory as short lines: `fe940000-fe95ffff device 0000:00:06.0 pci:… driver=e1000`. */
export function showMemory(inventory: Inventory): string[] {
  const names = new Names(inventory)
  return show(inventory.memory, (region) => names.ofMemory(region).map(formatPlace))
}

/** The same of ports. */
export function showPorts(inventory: Inventory): string[] {
  return show(inventory.ports, () => [])
}

function show(
  regions: readonly Region[],
  placesOf: (region: Region) => string[],
  indent = '',
): string[] {
  return regions.flatMap((region) => {
    const { start, last, kind, name, children } = region
    const driver = driverOf(region)
    const words = [
      `${indent}${start.toString(16)}-${last.toString(16)}`,
      kind,
      name,
      ...placesOf(region).filter((place) => !place.startsWith('iomem:')),
      ...(driver === undefined ? [] : [`driver=${driver}`]),
    ]
    return [words.join(' '), ...show(children, placesOf, `${indent}  `)]
  })
}
