/**
 * The flattened device tree (FDT, DTB): Devicetree Specification v0.4, chapter 5, versions 16 and 17.
 * Strict: what contradicts the specification is refused, with the offset of the first such thing.
 */

import { endianness } from 'node:os'
import { counted } from '../../text/count.ts'
import { formatHex } from '../../text/number.ts'
import { damaged, type Extent, type Header, parseHeader } from './header.ts'
import { type DeviceTreeNode, maxDepth, type Properties, pathOf } from './node.ts'
import { DeviceTree } from './tree.ts'

// Devicetree Specification v0.4, 5.4.1
const BEGIN_NODE = 1
const END_NODE = 2
const PROPERTY = 3
const NOP = 4
const END = 9

/** As long as a name of a file in the live tree may be. The specification says 31, and few obey. */
const maxName = 255

const noProperties: Properties = new Map<string, Uint8Array>()
const noChildren: readonly FlatNode[] = []

class FlatNode implements DeviceTreeNode {
  readonly name: string
  readonly parent: FlatNode | undefined
  properties = noProperties
  children = noChildren
  #path: string | undefined

  constructor(name: string, parent: FlatNode | undefined) {
    this.name = name
    this.parent = parent
  }

  /** Kept: so the paths of many nodes share the text of what is above them. */
  get path(): string {
    this.#path ??= pathOf(this.name, this.parent)
    return this.#path
  }
}

/** Where each property is, so that values are cut out only when somebody asks. */
class FlatProperties implements Properties {
  readonly #blob: Buffer
  readonly #tokens = new Map<string, number>()

  constructor(blob: Buffer) {
    this.#blob = blob
  }

  has(name: string): boolean {
    return this.#tokens.has(name)
  }

  get(name: string): Uint8Array | undefined {
    const token = this.#tokens.get(name)
    if (token === undefined) return undefined
    const start = token + 12 // after the token, the length and the name
    return this.#blob.subarray(start, start + this.#blob.readUInt32BE(token + 4))
  }

  keys(): Iterable<string> {
    return this.#tokens.keys()
  }

  /** By the parser, which has looked at all of it. */
  add(name: string, token: number): void {
    this.#tokens.set(name, token)
  }
}

/** The cells of a block, which begins at a multiple of 4, in the order of this CPU. */
function cellsIn(blob: Buffer, { start, end }: Extent): Uint32Array {
  const cells = new Uint32Array(Math.floor((end - start) / 4))
  const bytes = Buffer.from(cells.buffer)
  blob.copy(bytes, 0, start)
  if (endianness() === 'LE') bytes.swap32()
  return cells
}

/**
 * Reads a whole blob. Values of properties are views of it: they change when it does. Bytes after
 * the total size that its header tells are not looked at. Throws EDEVICETREE; `name` is what
 * messages call the blob.
 */
export function parseFlattened(bytes: Uint8Array, name: string): DeviceTree {
  const blob = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const header = parseHeader(blob, name)
  const root = new StructureParser(blob, header, name).parse()
  return new DeviceTree(name, root, header.reservations)
}

class StructureParser {
  readonly #blob: Buffer
  readonly #header: Header
  readonly #name: string
  readonly #start: number
  readonly #end: number
  readonly #cells: Uint32Array
  readonly #propertyNames = new Map<number, string>()
  #offset: number

  constructor(blob: Buffer, header: Header, name: string) {
    this.#blob = blob
    this.#header = header
    this.#name = name
    this.#cells = cellsIn(blob, header.structure)
    this.#start = header.structure.start
    this.#offset = this.#start
    this.#end = header.structure.end
  }

  /** One loop over the tokens: however deep the nodes are nested, the stack is not. */
  parse(): DeviceTreeNode {
    let root: FlatNode | undefined
    let node: FlatNode | undefined
    let properties = new FlatProperties(this.#blob)
    let depth = 0
    for (;;) {
      const at = this.#offset
      const token = this.#cell('a token')
      if (token === PROPERTY) {
        if (node === undefined) throw this.#fail(at, 'a property outside of all nodes')
        if (node.children !== noChildren) {
          throw this.#fail(at, `a property of ${node.path} after its children`)
        }
        this.#property(node, properties, at)
        node.properties = properties
      } else if (token === BEGIN_NODE) {
        if (node === undefined && root !== undefined) throw this.#fail(at, 'a second root node')
        if (++depth > maxDepth) throw this.#fail(at, `nodes nested deeper than ${maxDepth}`)
        node = this.#beginNode(node, at)
        properties = new FlatProperties(this.#blob)
        root ??= node
      } else if (token === END_NODE) {
        if (node === undefined) throw this.#fail(at, 'the end of a node that was not begun')
        this.#checkChildren(node, at)
        node = node.parent
        depth--
      } else if (token === END) {
        if (node !== undefined) throw this.#fail(at, `the end of the tree inside of ${node.path}`)
        if (root === undefined) throw this.#fail(at, 'the end of the tree before its root node')
        if (this.#header.version > 16 && this.#offset !== this.#end) {
          throw this.#fail(
            this.#offset,
            `${counted(this.#end - this.#offset, 'byte')} in the structure block after its end`,
          )
        }
        return root
      } else if (token !== NOP) {
        throw this.#fail(at, `${formatHex(token)} is not a token of the structure block`)
      }
    }
  }

  #beginNode(parent: FlatNode | undefined, at: number): FlatNode {
    const name = this.#nameAt(this.#offset, this.#end, "a node's name")
    if (parent === undefined ? name !== '' : name === '') {
      throw this.#fail(
        at,
        parent === undefined ? `the root node is named ${name}` : 'a node without a name',
      )
    }
    if (name.includes('/')) throw this.#fail(at, `a node's name holds a slash: ${name}`)
    this.#skip(name.length + 1, "a node's name")
    const node = new FlatNode(name, parent)
    if (parent !== undefined) {
      if (parent.children === noChildren) parent.children = []
      ;(parent.children as FlatNode[]).push(node)
    }
    return node
  }

  #property(node: FlatNode, properties: FlatProperties, at: number): void {
    const length = this.#cell("a property's length")
    const nameAt = this.#cell("a property's name")
    const name = this.#propertyName(nameAt, at)
    if (properties.has(name)) throw this.#fail(at, `a second property ${name} of ${node.path}`)
    this.#skip(length, 'the value of a property')
    properties.add(name, at)
  }

  #propertyName(nameAt: number, at: number): string {
    const known = this.#propertyNames.get(nameAt)
    if (known !== undefined) return known
    const { start, end } = this.#header.strings
    if (start + nameAt >= end) {
      throw this.#fail(at, `a property whose name is outside of the strings: ${formatHex(nameAt)}`)
    }
    const name = this.#nameAt(start + nameAt, end, "a property's name")
    if (name === '') throw this.#fail(at, 'a property without a name')
    this.#propertyNames.set(nameAt, name)
    return name
  }

  /** Two of one name could not be told apart by their paths. */
  #checkChildren(node: FlatNode, at: number): void {
    if (node.children.length < 2) return
    const names = new Set<string>()
    for (const { name } of node.children) {
      if (names.has(name)) throw this.#fail(at, `two children of ${node.path} are named ${name}`)
      names.add(name)
    }
  }

  /** Printable characters up to a NUL. */
  #nameAt(start: number, end: number, what: string): string {
    const limit = Math.min(end, start + maxName + 1)
    for (let offset = start; offset < limit; offset++) {
      const byte = this.#blob[offset] ?? 0
      if (byte === 0) return this.#blob.toString('latin1', start, offset)
      if (byte <= 0x20 || byte >= 0x7f) {
        throw this.#fail(offset, `${what} holds the byte ${formatHex(byte, 8)}`)
      }
    }
    throw limit === end
      ? this.#fail(start, `${what} does not end in its block`)
      : this.#fail(start, `${what} is longer than ${maxName} characters`)
  }

  #cell(what: string): number {
    const offset = this.#offset
    this.#skip(4, what)
    return this.#cells[(offset - this.#start) / 4] ?? 0
  }

  /** Over `length` bytes and what fills them up to a multiple of 4. */
  #skip(length: number, what: string): void {
    const next = this.#offset + Math.ceil(length / 4) * 4
    if (next > this.#end) {
      throw this.#fail(this.#offset, `${what} reaches beyond the end of the structure block`)
    }
    this.#offset = next
  }

  #fail(offset: number, what: string): Error {
    return damaged(this.#name, offset, what)
  }
}
