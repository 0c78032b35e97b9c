import { RequestError } from '../../base/errors.ts'
import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { formatHex } from '../../text/number.ts'
import { clip } from '../../text/refuse.ts'
import { nearest } from '../../text/suggest.ts'
import { addressAt } from './bus.ts'
import { sum } from './exact.ts'
import type { DeviceTreeNode } from './node.ts'
import { cutOff, type Translated, Translator } from './ranges.ts'
import { broken } from './refuse.ts'
import { numberAt, stringList } from './values.ts'

/** One entry of a node's `reg`. */
export interface RegEntry {
  /** The CPU's physical address of its first byte; `undefined` where there is none. */
  address: number | undefined
  /** Length in bytes; 0 where the bus has no sizes. */
  length: number
  /** From `reg-names`. */
  name?: string
  /** Why the CPU has no address for it, as a clause. */
  reason?: string
}

/** A region that the CPU has an address for. */
export type MappedRegion = RegEntry & { address: number }

/**
 * The regions of a node, in their order. Below a PCI bus these are its `assigned-addresses`, if it
 * has some, as in the kernel. Throws EDEVICETREE where the tree contradicts itself: a property that
 * is cut off, or a cell count that cannot be.
 */
export function regionsOf(node: DeviceTreeNode, translator = new Translator()): RegEntry[] {
  if (node.parent === undefined) return []
  const bus = translator.bus(node.parent)
  const property =
    bus.kind === 'pci' && node.properties.has('assigned-addresses') ? 'assigned-addresses' : 'reg'
  const value = node.properties.get(property)
  if (value === undefined || value.length === 0) return []
  const parts = [bus.addressCells, bus.sizeCells]
  const entry = 4 * (bus.addressCells + bus.sizeCells)
  if (entry === 0 || value.length % entry !== 0) throw cutOff(node, property, value.length, parts)

  const names = stringList(node, 'reg-names')
  const regions: RegEntry[] = []
  for (let offset = 0; offset < value.length; offset += entry) {
    const size = numberAt(value, offset + 4 * bus.addressCells, bus.sizeCells)
    if (size > ADDRESS_LIMIT) {
      throw broken(
        `${property} of ${node.path} has a size of ${formatHex(size)}: ${atMost}`,
        node.path,
      )
    }
    const where = translator.translate(bus, addressAt(bus, value, offset))
    regions.push(regionFrom(where, Number(size), names[regions.length]))
  }
  return regions
}

const atMost = `expected at most ${formatHex(ADDRESS_LIMIT)}`

function regionFrom(where: Translated, length: number, name: string | undefined): RegEntry {
  const named = name === undefined || name === '' ? {} : { name }
  if ('reason' in where) return { address: undefined, length, ...named, reason: where.reason }
  if (where.address >= ADDRESS_LIMIT || sum(where.address, length) > ADDRESS_LIMIT) {
    const reason = `${formatHex(where.address)} is beyond what any CPU can address`
    return { address: undefined, length, ...named, reason }
  }
  return { address: Number(where.address), length, ...named }
}

/**
 * One region of a node, by its number from 0 or its name in `reg-names`. Throws ENOPLACE when there
 * is none, or when the CPU has no address for it; EDEVICETREE as `regionsOf` does.
 */
export function regionOf(node: DeviceTreeNode, which: number | string): MappedRegion {
  const regions = regionsOf(node)
  const found =
    typeof which === 'number' ? regions[which] : regions.find(({ name }) => name === which)
  if (found === undefined) throw absentRegion(node, whyNoRegion(node, regions, which))
  const { address, reason = '' } = found
  if (address === undefined) {
    throw absentRegion(
      node,
      `region ${which} of ${node.path} has no address for the CPU: ${reason}`,
    )
  }
  return { ...found, address }
}

function whyNoRegion(node: DeviceTreeNode, regions: RegEntry[], which: number | string): string {
  if (regions.length === 0) return `${node.path} has no regions: it has no reg`
  const names = regions.flatMap(({ name }) => name ?? [])
  const start = `${node.path} has no region ${clip(`${which}`)}`
  const meant = typeof which === 'string' ? nearest(which, names) : undefined
  if (meant !== undefined) return `${start}, did you mean ${clip(meant)}?`
  const shown = regions.map(({ name }, index) =>
    name === undefined ? index : `${index} (${clip(name)})`,
  )
  const more = shown.length > 8 ? `, … (${shown.length} in all)` : ''
  return `${start}: it has ${shown.slice(0, 8).join(', ')}${more}`
}

function absentRegion(node: DeviceTreeNode, message: string): RequestError {
  return new RequestError('ENOPLACE', message, { place: node.path })
}
