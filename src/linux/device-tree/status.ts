import type { DeviceTreeNode } from './node.ts'
import type { DeviceTree } from './tree.ts'
import { stringList, textOf } from './values.ts'

/** What a device is, most exact first: `brcm,bcm2835-aux-uart`, … */
export function compatibleOf(node: DeviceTreeNode): string[] {
  return stringList(node, 'compatible')
}

/** `okay` (also where nothing is said), `disabled`, `reserved`, `fail` or `fail-…`, as it is said. */
export function statusOf(node: DeviceTreeNode): string {
  return textOf(node, 'status') ?? 'okay'
}

/**
 * Whether the node and all above it are in use (drivers/of/base.c, of_device_is_available). A device
 * that is not may be without clock or power, so that an access to it hangs. `known` remembers the
 * answers, for a question about many nodes.
 */
export function isEnabled(
  node: DeviceTreeNode,
  known: Map<DeviceTreeNode, boolean> = new Map(),
): boolean {
  let enabled = known.get(node)
  if (enabled === undefined) {
    const status = statusOf(node)
    enabled =
      (status === 'okay' || status === 'ok') &&
      (node.parent === undefined || isEnabled(node.parent, known))
    known.set(node, enabled)
  }
  return enabled
}

/**
 * Whether a tree is an overlay, as `.dtbo` files are: pieces for other trees, without addresses of
 * the CPU until they are applied (drivers/of/overlay.c, init_overlay_changeset).
 */
export function isOverlay({ root }: DeviceTree): boolean {
  return root.children.some(({ children }) => children.some(({ name }) => name === '__overlay__'))
}
