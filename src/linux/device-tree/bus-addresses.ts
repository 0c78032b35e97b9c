import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { pciSpace } from './bus.ts'
import { type DeviceTreeNode, nodesBelow } from './node.ts'
import { Translator } from './ranges.ts'
import type { DeviceTree } from './tree.ts'

/** What an address is on a bus that has other addresses than the CPU. */
export interface BusMeaning {
  /** The node that is the bus. */
  bus: DeviceTreeNode
  /** The CPU's physical address of the same byte. */
  address: number
}

/**
 * Where the CPU has what is at an address of some bus: manuals often name devices so (0x7e201000 on a
 * Raspberry Pi 4 is 0xfe201000). Only what is another address for the CPU, each once. Throws
 * EDEVICETREE where the tree contradicts itself.
 */
export function busMeanings(tree: DeviceTree, address: number): BusMeaning[] {
  const translator = new Translator()
  const found = new Map<number, BusMeaning>()
  for (const node of nodesBelow(tree.root)) {
    if (node.parent === undefined || !node.properties.has('ranges')) continue
    const bus = translator.bus(node)
    for (const { child, end } of translator.rangesOf(node) ?? []) {
      if (address < child.value || address >= end) continue
      if (bus.kind === 'isa' || (bus.kind === 'pci' && pciSpace(child.space) !== 'memory')) continue
      const where = translator.translate(bus, { space: child.space, value: address })
      if (!('address' in where) || where.address >= ADDRESS_LIMIT) continue
      const of = Number(where.address)
      if (of !== address && !found.has(of)) found.set(of, { bus: node, address: of })
    }
  }
  return [...found.values()]
}
