/** From an address on a bus to the CPU's, up the tree: drivers/of/address.c, __of_translate_address. */
import { counted } from '../../text/count.ts'
import { formatHex } from '../../text/number.ts'
import { addressAt, type Bus, type BusAddress, busOf, pciSpace, sameSpace } from './bus.ts'
import { difference, type Exact, sum } from './exact.ts'
import type { DeviceTreeNode } from './node.ts'
import { broken } from './refuse.ts'
import { numberAt } from './values.ts'

/** A physical address as the CPU has it, or why there is none. */
export type Translated = { address: Exact } | { reason: string }

/** A window through which the parent bus reaches this one. */
export interface Range {
  child: BusAddress
  /** Behind its last address. */
  end: Exact
  parent: BusAddress
}

/** Real trees take less than a million. What takes more was made to take long. */
const maxComparisons = 5_000_000

/** Remembers what was read, for one tree that is walked at one time. */
export class Translator {
  #comparisons = 0
  readonly #buses = new Map<DeviceTreeNode, Bus>()
  readonly #ranges = new Map<DeviceTreeNode, Range[] | undefined>()

  /** The bus that a node is to its children. Throws EDEVICETREE for cell counts that cannot be. */
  bus(node: DeviceTreeNode): Bus {
    let bus = this.#buses.get(node)
    if (bus === undefined) {
      bus = busOf(node)
      this.#buses.set(node, bus)
    }
    return bus
  }

  /** Throws EDEVICETREE for cell counts that cannot be, and for `ranges` that are cut off. */
  translate(from: Bus, start: BusAddress): Translated {
    let bus = from
    let at = start
    for (;;) {
      const none = whyNoMemory(bus, at)
      if (none !== undefined) return { reason: none }
      const parent = bus.node.parent
      if (parent === undefined) return { address: at.value }
      const parentBus = this.bus(parent)
      const ranges = this.rangesOf(bus.node)
      if (ranges === undefined) {
        return { reason: `${bus.node.path} has no ranges: addresses below it are its own` }
      }
      if (ranges.length > 0) {
        const range = this.#find(ranges, bus, at)
        if (range === undefined) {
          return { reason: `${formatHex(at.value)} is outside of the ranges of ${bus.node.path}` }
        }
        const offset = difference(at.value, range.child.value)
        at = { space: range.parent.space, value: sum(range.parent.value, offset) }
      } else if (bus.kind !== parentBus.kind) {
        at = { space: 0, value: at.value }
      }
      bus = parentBus
    }
  }

  /**
   * The windows of a node. `undefined` without the property, and for the root; empty where the
   * parent's addresses hold below the node too. Throws EDEVICETREE as `translate` does.
   */
  rangesOf(node: DeviceTreeNode): readonly Range[] | undefined {
    if (this.#ranges.has(node) || node.parent === undefined) return this.#ranges.get(node)
    const ranges = parseRanges(this.bus(node), this.bus(node.parent))
    this.#ranges.set(node, ranges)
    return ranges
  }

  #find(ranges: readonly Range[], bus: Bus, { space, value }: BusAddress): Range | undefined {
    this.#comparisons += ranges.length
    if (this.#comparisons > maxComparisons) {
      const why = `its regions and ranges take more than ${maxComparisons} comparisons`
      throw broken(`${bus.node.path} is too large to translate: ${why}`, bus.node.path)
    }
    return ranges.find(
      ({ child, end }) => value >= child.value && value < end && sameSpace(bus, space, child.space),
    )
  }
}

function parseRanges(bus: Bus, parentBus: Bus): Range[] | undefined {
  const value = bus.node.properties.get('ranges')
  if (value === undefined) return undefined
  const parts = [bus.addressCells, parentBus.addressCells, bus.sizeCells]
  const entry = 4 * parts.reduce((sum, cells) => sum + cells)
  if (entry === 0 ? value.length > 0 : value.length % entry !== 0) {
    throw cutOff(bus.node, 'ranges', value.length, parts)
  }
  const ranges: Range[] = []
  for (let offset = 0; offset < value.length; offset += entry) {
    const parentAt = offset + 4 * bus.addressCells
    const child = addressAt(bus, value, offset)
    const size = numberAt(value, parentAt + 4 * parentBus.addressCells, bus.sizeCells)
    const parent = addressAt(parentBus, value, parentAt)
    ranges.push({ child, end: sum(child.value, size), parent })
  }
  return ranges
}

/** The error of a property whose last entry is not whole. `parts` are the cells of an entry. */
export function cutOff(node: DeviceTreeNode, property: string, length: number, parts: number[]) {
  const bytes = 4 * parts.reduce((sum, cells) => sum + cells)
  return broken(
    `${property} of ${node.path} has ${counted(length, 'byte')}: expected entries of ${bytes} (${parts.join(' + ')} cells)`,
    node.path,
  )
}

/** What is on this bus, but is not memory. */
function whyNoMemory({ node, kind, addressCells, sizeCells }: Bus, at: BusAddress) {
  if (addressCells === 0)
    return `#address-cells of ${node.path} is 0: its children have no addresses`
  if (sizeCells === 0) return `#size-cells of ${node.path} is 0: its children are not memory`
  if (kind === 'pci' && pciSpace(at.space) === 'configuration') {
    return `it is in the PCI configuration space of ${node.path}`
  }
  return undefined
}
