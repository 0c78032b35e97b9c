import type { DeviceTreeNode } from './node.ts'
import { stringList, textOf } from './values.ts'

/** What a device is, most exact first: `brcm,bcm2835-aux-uart`, … */
export function compatibleOf(node: DeviceTreeNode): string[] {
  return stringList(node, 'compatible')
}

/** `okay` (also where nothing is said), `disabled`, `reserved`, `fail` or `fail-…`, as it is said. */
export function statusOf(node: DeviceTreeNode): string {
  return textOf(node, 'status') ?? 'okay'
}

/** Whether the node itself is in use: drivers/of/base.c, of_device_is_available. */
export function isOkay(node: DeviceTreeNode): boolean {
  const status = statusOf(node)
  return status === 'okay' || status === 'ok'
}

/**
 * Whether the node and all above it are in use. A device that is not may be without clock or power,
 * so that an access to it hangs.
 */
export function isEnabled(node: DeviceTreeNode): boolean {
  for (let at: DeviceTreeNode | undefined = node; at !== undefined; at = at.parent) {
    if (!isOkay(at)) return false
  }
  return true
}
