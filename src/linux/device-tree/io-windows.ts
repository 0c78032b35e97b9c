import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { pciSpace } from './bus.ts'
import { difference } from './exact.ts'
import { type DeviceTreeNode, nodesBelow } from './node.ts'
import { Translator } from './ranges.ts'
import type { DeviceTree } from './tree.ts'

/** A window through which a PCI host bridge reaches I/O BARs. */
export interface IoWindow {
  node: DeviceTreeNode
  /** The CPU's physical address of its first byte. */
  address: number
  /** Bytes; as many ports are after it. */
  length: number
}

/**
 * The I/O windows of the host bridges, in the order of the tree; none that the CPU has no address
 * for. Throws EDEVICETREE where the tree contradicts itself.
 */
export function ioWindows(tree: DeviceTree): IoWindow[] {
  const translator = new Translator()
  const windows: IoWindow[] = []
  for (const node of nodesBelow(tree.root)) {
    const { parent } = node
    if (parent === undefined || !node.properties.has('ranges')) continue
    const outer = translator.bus(parent)
    if (translator.bus(node).kind !== 'pci' || outer.kind === 'pci') continue
    for (const range of translator.rangesOf(node) ?? []) {
      if (pciSpace(range.child.space) !== 'io') continue
      const where = translator.translate(outer, range.parent)
      const length = Number(difference(range.end, range.child.value))
      if (!('address' in where) || length === 0) continue
      const address = Number(where.address)
      if (address + length <= ADDRESS_LIMIT) windows.push({ node, address, length })
    }
  }
  return windows
}
