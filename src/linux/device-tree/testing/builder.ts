/** Builds flattened device trees by hand: well-formed ones, and ones that are wrong in one place. */
import { parseFlattened } from '../flattened.ts'
import type { DeviceTree } from '../tree.ts'

/** Text and lists of texts end in NULs, numbers are cells, `true` is a property without a value. */
export type Value = string | readonly string[] | readonly number[] | Uint8Array | true

export interface NodeSpec {
  /** Values, by name. */
  readonly [property: string]: Value | NodeSpec
}

/** Children are the members whose value is an object; their order is kept, after the properties. */
function isNode(value: Value | NodeSpec): value is NodeSpec {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array)
}

export function cells(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length)
  for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number >>> 0, 4 * index)
  return bytes
}

export function valueBytes(value: Value): Uint8Array {
  if (value === true) return new Uint8Array()
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return Buffer.from(`${value}\0`)
  if (value.every((item) => typeof item === 'number')) return cells(...value)
  return Buffer.from(value.map((item) => `${item}\0`).join(''))
}

/** The tokens of a structure block. Devicetree Specification v0.4, 5.4.1. */
export const token = {
  begin: (name: string) => Buffer.concat([cells(1), padded(Buffer.from(`${name}\0`))]),
  endNode: cells(2),
  property: (nameAt: number, value: Uint8Array) =>
    Buffer.concat([cells(3, value.length, nameAt), padded(value)]),
  nop: cells(4),
  end: cells(9),
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)])
}

/** The fields of the header, each where the specification has it. */
export interface HeaderFields {
  magic: number
  totalSize: number
  structureStart: number
  stringsStart: number
  reservationsStart: number
  version: number
  readableAs: number
  bootCpu: number
  stringsSize: number
  structureSize: number
}

export interface BlobParts {
  readonly structure: Uint8Array
  readonly strings?: Uint8Array
  /** Pairs of address and size. The entry of zeros that ends them is added. */
  readonly reservations?: readonly (readonly [bigint, bigint])[]
  /** What the header says instead of the truth. */
  readonly header?: Partial<HeaderFields>
}

/** A blob from its blocks, in the order that dtc has them in. */
export function assemble(parts: BlobParts): Buffer {
  const { structure, strings = new Uint8Array(), reservations = [], header = {} } = parts
  const reserved = Buffer.alloc(16 * (reservations.length + 1))
  for (const [index, [address, size]] of reservations.entries()) {
    reserved.writeBigUInt64BE(address, 16 * index)
    reserved.writeBigUInt64BE(size, 16 * index + 8)
  }
  const structureStart = 40 + reserved.length
  const stringsStart = structureStart + structure.length
  const fields: HeaderFields = {
    magic: 0xd00dfeed,
    totalSize: stringsStart + strings.length,
    structureStart,
    stringsStart,
    reservationsStart: 40,
    version: 17,
    readableAs: 16,
    bootCpu: 0,
    stringsSize: strings.length,
    structureSize: structure.length,
    ...header,
  }
  return Buffer.concat([cells(...Object.values(fields)), reserved, structure, strings])
}

/** The blob of a tree. */
export function blobOf(
  root: NodeSpec,
  parts: Omit<BlobParts, 'structure' | 'strings'> = {},
): Buffer {
  const names = new Map<string, number>()
  let strings = ''
  const nameAt = (name: string): number => {
    let at = names.get(name)
    if (at === undefined) {
      at = strings.length
      strings += `${name}\0`
      names.set(name, at)
    }
    return at
  }
  const node = (name: string, spec: NodeSpec): Buffer => {
    const members = Object.entries(spec)
    return Buffer.concat([
      token.begin(name),
      ...members.flatMap(([member, value]) =>
        isNode(value) ? [] : [token.property(nameAt(member), valueBytes(value))],
      ),
      ...members.flatMap(([member, value]) => (isNode(value) ? [node(member, value)] : [])),
      token.endNode,
    ])
  }
  const structure = Buffer.concat([node('', root), token.end])
  return assemble({ ...parts, structure, strings: Buffer.from(strings) })
}

/** A tree, through its blob. Messages call it `board.dtb`. */
export function treeOf(root: NodeSpec): DeviceTree {
  return parseFlattened(blobOf(root), 'board.dtb')
}
