import type { Reservation } from './header.ts'
import { baseName, type DeviceTreeNode, nodesBelow } from './node.ts'
import { cellAt, textOf } from './values.ts'

/** A whole device tree, live or flattened. What is looked up by reference is indexed when first asked. */
export class DeviceTree {
  /** Where it was read from: what messages call it. */
  readonly name: string
  readonly root: DeviceTreeNode
  /** From the memory reservation block of a flattened tree; the live tree has none. */
  readonly reservations: readonly Reservation[]
  #phandles: Map<number, DeviceTreeNode> | undefined
  #aliases: Map<string, string> | undefined
  #labels: Map<string, string> | undefined
  readonly #children = new Map<DeviceTreeNode, Map<string, DeviceTreeNode[]>>()

  constructor(name: string, root: DeviceTreeNode, reservations: readonly Reservation[] = []) {
    this.name = name
    this.root = root
    this.reservations = reservations
  }

  /** What /aliases says: a path, or another alias, by each name. */
  get aliases(): ReadonlyMap<string, string> {
    this.#aliases ??= this.#names('aliases')
    return this.#aliases
  }

  /** What /__symbols__ says, which `dtc -@` makes: the path of each labelled node. */
  get labels(): ReadonlyMap<string, string> {
    this.#labels ??= this.#names('__symbols__')
    return this.#labels
  }

  /** The node with this phandle, if there is one; of several the first. */
  byPhandle(phandle: number): DeviceTreeNode | undefined {
    this.#phandles ??= this.#indexPhandles()
    return this.#phandles.get(phandle)
  }

  /** The child of this name, or else those that have it with a unit address after it. */
  childrenNamed(node: DeviceTreeNode, name: string): readonly DeviceTreeNode[] {
    if (node.children.length <= fewChildren) return childrenNamed(node.children, name)
    let index = this.#children.get(node)
    if (index === undefined) {
      index = indexChildren(node)
      this.#children.set(node, index)
    }
    return index.get(name) ?? []
  }

  #names(folder: string): Map<string, string> {
    const names = new Map<string, string>()
    const node = this.root.children.find(({ name }) => name === folder)
    for (const name of node?.properties.keys() ?? []) {
      const value = node === undefined ? undefined : textOf(node, name)
      if (value !== undefined && value !== '') names.set(name, value)
    }
    return names
  }

  #indexPhandles(): Map<number, DeviceTreeNode> {
    const phandles = new Map<number, DeviceTreeNode>()
    for (const node of nodesBelow(this.root)) {
      const value = node.properties.get('phandle') ?? node.properties.get('linux,phandle')
      if (value?.length !== 4) continue
      const phandle = cellAt(value, 0)
      if (!phandles.has(phandle)) phandles.set(phandle, node)
    }
    return phandles
  }
}

/** So many are looked through faster than indexed. */
const fewChildren = 200

function childrenNamed(children: readonly DeviceTreeNode[], name: string) {
  const exact = children.filter((child) => child.name === name)
  return exact.length > 0 ? exact : children.filter((child) => baseName(child.name) === name)
}

function indexChildren({ children }: DeviceTreeNode): Map<string, DeviceTreeNode[]> {
  const index = new Map<string, DeviceTreeNode[]>()
  for (const child of children) {
    const base = baseName(child.name)
    const list = index.get(base)
    if (list === undefined) index.set(base, [child])
    else list.push(child)
  }
  // A whole name goes before one whose unit address was left out.
  for (const child of children) index.set(child.name, [child])
  return index
}
