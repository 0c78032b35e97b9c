/**
 * A device tree for QEMU's arm64 board with the buses and devices of many other boards in it, so
 * that a kernel translates their addresses: it names a platform device by its address.
 */
import { baseName, type DeviceTreeNode } from '../../../src/linux/device-tree/node.ts'
import {
  blobOf,
  type NodeSpec,
  type Value,
} from '../../../src/linux/device-tree/testing/builder.ts'

/** What addresses depend on. All else would start drivers on devices that are not there. */
const kept = ['reg', 'ranges', '#address-cells', '#size-cells']

/** A kernel for arm64 takes 2 MiB (arch/arm64/include/asm/boot.h, MAX_FDT_SIZE). */
export const mostBytes = 2 << 20

function specOf(node: DeviceTreeNode): NodeSpec {
  const properties = [...node.properties.keys()].map((name): [string, Value] => [
    name,
    node.properties.get(name) ?? true,
  ])
  const children = node.children.map((child): [string, NodeSpec] => [child.name, specOf(child)])
  return Object.fromEntries<Value | NodeSpec>([...properties, ...children])
}

/** `undefined` for what has no `reg` in or below it. `number` gives every node a name of its own. */
function deviceSpec(node: DeviceTreeNode, number: () => number): NodeSpec | undefined {
  const children = node.children.flatMap((child): [string, NodeSpec][] => {
    const spec = deviceSpec(child, number)
    const unit = child.name.slice(baseName(child.name).length)
    return spec === undefined ? [] : [[`n${number()}${unit}`, spec]]
  })
  if (children.length === 0 && !node.properties.has('reg')) return undefined
  const properties = kept.flatMap((name): [string, Value][] => {
    const value = node.properties.get(name)
    return value === undefined ? [] : [[name, value]]
  })
  const isPci = baseName(node.name) === 'pcie' || node.properties.get('device_type')?.[0] === 0x70
  return Object.fromEntries<Value | NodeSpec>([
    ['compatible', children.length > 0 ? 'simple-bus' : 'lab,device'],
    ...properties,
    ...(isPci ? ([['device_type', 'pci']] as [string, Value][]) : []),
    ...children,
  ])
}

/** The blob of `base` with as many of the boards as there is room for, and how many these are. */
export function graft(
  base: DeviceTreeNode,
  boards: readonly DeviceTreeNode[],
): { blob: Buffer; boards: number } {
  let count = 0
  const number = () => ++count
  let spec = specOf(base)
  let blob = blobOf(spec)
  for (const [index, board] of boards.entries()) {
    // The kernel lays its own out by its root's cells; here they are those of a bus below the root.
    const own = { ...deviceSpec(board, number), compatible: 'simple-bus', ranges: true } as const
    const next = { ...spec, [`board${index}`]: own }
    const larger = blobOf(next)
    if (larger.length > mostBytes) return { blob, boards: index }
    spec = next
    blob = larger
  }
  return { blob, boards: boards.length }
}
