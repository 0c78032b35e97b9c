/** What the bytes of a property mean: Devicetree Specification v0.4, 2.2.4. Big-endian. */
import { counted } from '../../text/count.ts'
import { type Exact, joined } from './exact.ts'
import type { DeviceTreeNode } from './node.ts'
import { broken } from './refuse.ts'

/** A list of strings that each end with a NUL; the last may lack it. */
export function stringsOf(value: Uint8Array): string[] {
  if (value.length === 0) return []
  const bytes = Buffer.isBuffer(value)
    ? value
    : Buffer.from(value.buffer, value.byteOffset, value.length)
  const text = bytes.toString('utf8')
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0')
}

/** The strings of a property; none when it is absent. */
export function stringList(node: DeviceTreeNode, property: string): string[] {
  const value = node.properties.get(property)
  return value === undefined ? [] : stringsOf(value)
}

/** The first string of a property, if it is there. */
export function textOf(node: DeviceTreeNode, property: string): string | undefined {
  return stringList(node, property)[0]
}

/** One cell. The caller knows that there are four bytes. */
export function cellAt(value: Uint8Array, offset: number): number {
  const high = ((value[offset] ?? 0) << 8) | (value[offset + 1] ?? 0)
  const low = ((value[offset + 2] ?? 0) << 8) | (value[offset + 3] ?? 0)
  return high * 0x10000 + low
}

/** `count` cells as one number; 0 cells are 0. The caller knows that they are there. */
export function numberAt(value: Uint8Array, offset: number, count: number): Exact {
  let number: Exact = 0
  for (let cell = 0; cell < count; cell++) {
    number = joined(number, cellAt(value, offset + 4 * cell))
  }
  return number
}

/** A property of one cell, or `undefined` when it is absent. Throws EDEVICETREE for another length. */
export function cellOf(node: DeviceTreeNode, property: string): number | undefined {
  const value = node.properties.get(property)
  if (value === undefined) return undefined
  if (value.length === 4) return cellAt(value, 0)
  throw broken(
    `${property} of ${node.path} has ${counted(value.length, 'byte')}: expected one cell of 4`,
    node.path,
  )
}

/** A property as cells; none when it is absent. Throws EDEVICETREE when a cell is not whole. */
export function cellsOf(node: DeviceTreeNode, property: string): number[] {
  const value = node.properties.get(property) ?? new Uint8Array()
  if (value.length % 4 !== 0) {
    throw broken(
      `${property} of ${node.path} has ${counted(value.length, 'byte')}: expected cells of 4`,
      node.path,
    )
  }
  return Array.from({ length: value.length / 4 }, (_, index) => cellAt(value, 4 * index))
}
