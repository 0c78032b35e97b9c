/** How the children of a node are addressed: drivers/of/address.c, of_busses. */
import type { Exact } from './exact.ts'
import { baseName, type DeviceTreeNode } from './node.ts'
import { broken } from './refuse.ts'
import { cellAt, cellOf, numberAt, textOf } from './values.ts'

/** The most cells of an address: OF_MAX_ADDR_CELLS. */
const maxCells = 4

export type BusKind = 'plain' | 'pci' | 'isa' | 'flags'

export interface Bus {
  readonly node: DeviceTreeNode
  readonly kind: BusKind
  readonly addressCells: number
  readonly sizeCells: number
}

/** An address on a bus. The first cell of PCI, ISA and other addresses of 3 cells tells the space. */
export interface BusAddress {
  /** That first cell; 0 on a plain bus. */
  readonly space: number
  readonly value: Exact
}

/**
 * The bus that a node is to its children. What the node does not say, those above it say, as in the
 * kernel; the root's default is 1 and 1. (The specification's is 2 and 1, and it asks for both to be
 * said.) Throws EDEVICETREE for counts that cannot be.
 */
export function busOf(node: DeviceTreeNode): Bus {
  if (isPci(node)) return { node, kind: 'pci', addressCells: 3, sizeCells: 2 }
  if (baseName(node.name) === 'isa') return { node, kind: 'isa', addressCells: 2, sizeCells: 1 }
  const addressCells = cellCount(node, '#address-cells')
  const sizeCells = cellCount(node, '#size-cells')
  return { node, kind: addressCells === 3 ? 'flags' : 'plain', addressCells, sizeCells }
}

function isPci(node: DeviceTreeNode): boolean {
  const type = textOf(node, 'device_type') ?? ''
  return ['pci', 'pciex', 'vci', 'ht'].includes(type) || baseName(node.name) === 'pcie'
}

function cellCount(node: DeviceTreeNode, property: string): number {
  for (let at: DeviceTreeNode | undefined = node; at !== undefined; at = at.parent) {
    const count = cellOf(at, property)
    if (count === undefined) continue
    if (count <= maxCells) return count
    throw broken(`${property} of ${at.path} is ${count}: expected 0 to ${maxCells}`, at.path)
  }
  return 1
}

/** Reads an address of this bus. The caller knows that its cells are there. */
export function addressAt(bus: Bus, value: Uint8Array, offset: number): BusAddress {
  const { kind, addressCells } = bus
  if (kind === 'plain') return { space: 0, value: numberAt(value, offset, addressCells) }
  return {
    space: cellAt(value, offset),
    value: numberAt(value, offset + 4, addressCells - 1),
  }
}

/** Whether both are in the same space, so that one may lie in a range that begins at the other. */
export function sameSpace(bus: Bus, a: number, b: number): boolean {
  switch (bus.kind) {
    case 'plain':
      return true
    case 'pci':
      return pciSpace(a) === pciSpace(b)
    case 'isa':
      return (a & 1) === (b & 1)
    case 'flags':
      return a === b
  }
}

/** IEEE 1275 PCI bus binding, 2.2.1.1: the bits `ss` of phys.hi. Memory is one space, 32 or 64 bits. */
export function pciSpace(space: number): 'configuration' | 'io' | 'memory' {
  const ss = (space >>> 24) & 3
  if (ss === 0) return 'configuration'
  return ss === 1 ? 'io' : 'memory'
}
