/** Names and raw values of a node's properties. A `Map` is one; the live tree reads lazily. */
export interface Properties {
  has(name: string): boolean
  /** The value as it stands in the tree; empty for a property that only is there. */
  get(name: string): Uint8Array | undefined
  keys(): Iterable<string>
}

/** A node of a device tree (Devicetree Specification v0.4, 2.2). Nothing of it can be changed. */
export interface DeviceTreeNode {
  /** With its unit address: `serial@7e201000`; empty for the root. */
  readonly name: string
  /** From the root: `/soc/serial@7e201000`; `/` for the root itself. */
  readonly path: string
  readonly properties: Properties
  readonly children: readonly DeviceTreeNode[]
  /** `undefined` for the root. */
  readonly parent: DeviceTreeNode | undefined
}

/**
 * As deep as the kernel goes (drivers/of/fdt.c, FDT_MAX_DEPTH): what is deeper is not a device
 * tree.
 */
export const maxDepth = 64

/** The path of a node with this name and parent. */
export function pathOf(name: string, parent: DeviceTreeNode | undefined): string {
  if (parent === undefined) return '/'
  return parent.parent === undefined ? `/${name}` : `${parent.path}/${name}`
}

/** The name without its unit address: `serial`. */
export function baseName(name: string): string {
  const at = name.indexOf('@')
  return at < 0 ? name : name.slice(0, at)
}

/** A node and all below it, each before its children, in the order of the tree. */
export function* nodesBelow(top: DeviceTreeNode): Generator<DeviceTreeNode> {
  const waiting = [top]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    for (let index = node.children.length - 1; index >= 0; index--) {
      const child = node.children[index]
      if (child !== undefined) waiting.push(child)
    }
  }
}
