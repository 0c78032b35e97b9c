/** The device tree that the kernel works with: /sys/firmware/devicetree/base (drivers/of/kobj.c). */
import { join } from 'node:path'
import type { Files } from '../files.ts'
import { filesAt } from '../files-at.ts'
import { type DeviceTreeNode, maxDepth, type Properties, pathOf } from './node.ts'
import { broken } from './refuse.ts'
import { DeviceTree } from './tree.ts'

/**
 * The tree in this folder: each node is a folder, each property a file. Nothing but names is read
 * before it is asked for. Links are passed over: there are none, and they could lead in a circle.
 */
export function liveTree(folder: string, files: Files = filesAt()): DeviceTree {
  return new DeviceTree(folder, new LiveNode(files, folder, '', undefined, 1))
}

class LiveNode implements DeviceTreeNode {
  readonly name: string
  readonly parent: LiveNode | undefined
  readonly #files: Files
  readonly #folder: string
  readonly #depth: number
  #content: { properties: LiveProperties; children: readonly LiveNode[] } | undefined

  constructor(
    files: Files,
    folder: string,
    name: string,
    parent: LiveNode | undefined,
    depth: number,
  ) {
    this.#files = files
    this.#folder = folder
    this.name = name
    this.parent = parent
    this.#depth = depth
  }

  get path(): string {
    return pathOf(this.name, this.parent)
  }

  get properties(): Properties {
    return this.#read().properties
  }

  get children(): readonly DeviceTreeNode[] {
    return this.#read().children
  }

  /** A node that vanished, or that this user may not look into, is empty. */
  #read() {
    if (this.#content !== undefined) return this.#content
    const properties: string[] = []
    const children: LiveNode[] = []
    for (const { name, kind } of this.#files.entries(this.#folder)) {
      // The kernel adds `name` to every node (drivers/of/fdt.c, populate_properties).
      if (kind === 'file' && name !== 'name') properties.push(name)
      if (kind !== 'folder') continue
      if (this.#depth >= maxDepth) {
        throw broken(`${this.#folder} has nodes nested deeper than ${maxDepth}`, this.path)
      }
      const folder = `${this.#folder}/${name}`
      children.push(new LiveNode(this.#files, folder, name, this, this.#depth + 1))
    }
    this.#content = {
      properties: new LiveProperties(this.#files, this.#folder, properties),
      children,
    }
    return this.#content
  }
}

class LiveProperties implements Properties {
  readonly #files: Files
  readonly #folder: string
  readonly #names: ReadonlySet<string>
  readonly #values = new Map<string, Uint8Array | undefined>()

  constructor(files: Files, folder: string, names: readonly string[]) {
    this.#files = files
    this.#folder = folder
    this.#names = new Set(names)
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** `undefined` also for what this user may not read: only root may read `security-*`. */
  get(name: string): Uint8Array | undefined {
    if (!this.#names.has(name)) return undefined
    if (!this.#values.has(name)) this.#values.set(name, this.#files.bytes(join(this.#folder, name)))
    return this.#values.get(name)
  }

  keys(): Iterable<string> {
    return this.#names
  }
}
