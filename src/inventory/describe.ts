import { formatPlace } from '../place/place.ts'
import type { Inventory } from './inventory.ts'
import { addressOfPort } from './io-windows.ts'
import { Names } from './names.ts'
import { lengthOf, type Region, regionsAt } from './region.ts'

/** Everything that is known of one address, or of one I/O port. */
export interface Description {
  space: 'memory' | 'ports'
  address: number
  /** What holds it, outermost first, and how far from the start of each it is. */
  found: { region: Region; offset: number }[]
  /**
   * The places that name it, most telling first; the bare address or port is the last. Of a port on a
   * CPU that has none, its address in memory where that is known.
   */
  places: string[]
  /**
   * Where it is in no region, or in a bus where no device is: the last region that ends before it,
   * and the first that starts after it, of those around.
   */
  below?: Region
  above?: Region
}

/** What is at a physical address, or at an I/O port. */
export function describeAddress(
  inventory: Inventory,
  address: number,
  space: 'memory' | 'ports' = 'memory',
): Description {
  const regions = regionsAt(inventory[space], address)
  const found = regions.map((region) => ({ region, offset: address - region.start }))
  const innermost = regions.at(-1)
  const empty = innermost === undefined || innermost.kind === 'bus'
  const around = innermost === undefined ? inventory[space] : innermost.children
  return {
    ...{ space, address, found },
    places: placesOf(inventory, address, space, found),
    ...(empty ? neighbours(around, address) : {}),
  }
}

function placesOf(
  inventory: Inventory,
  address: number,
  space: 'memory' | 'ports',
  found: Description['found'],
): string[] {
  if (space === 'ports') return [placeOfPort(inventory, address)]
  const names = new Names(inventory)
  // The smallest first; of several that are one stretch, the outermost.
  const named = found
    .toSorted((a, b) => lengthOf(a.region) - lengthOf(b.region))
    .flatMap(({ region, offset }) =>
      names.ofMemory(region).map((name) => ({ ...name, offset: name.offset + offset })),
    )
  // A resource of /proc/iomem says least of what is there.
  const resources = named.filter(({ scheme }) => scheme === 'iomem')
  const others = named.filter(({ scheme }) => scheme !== 'iomem')
  const bare = inventory.file === undefined ? [{ scheme: 'address', offset: address } as const] : []
  return [...new Set([...others, ...resources, ...bare].map(formatPlace))]
}

/** On a CPU without I/O ports, the address of what is behind it, where that is known. */
function placeOfPort({ portWindows }: Inventory, port: number): string {
  const offset = portWindows && addressOfPort(portWindows, port)
  return formatPlace(
    offset === undefined ? { scheme: 'port', offset: port } : { scheme: 'address', offset },
  )
}

function neighbours(
  around: readonly Region[],
  address: number,
): Pick<Description, 'below' | 'above'> {
  let below: Region | undefined
  let above: Region | undefined
  for (const region of around) {
    if (region.last < address && region.last >= (below?.last ?? -1)) below = region
    if (region.start > address && region.start < (above?.start ?? Number.POSITIVE_INFINITY)) {
      above = region
    }
  }
  return { ...(below === undefined ? {} : { below }), ...(above === undefined ? {} : { above }) }
}
