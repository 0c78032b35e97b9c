/** Configuration spaces whose lists of capabilities are whole, for property tests. */
import fc from 'fast-check'

/** What one capability begins with, and where it is. */
export interface Listed {
  start: number
  /** Behind the id and the pointer, which the list has. */
  bytes: readonly number[]
  id: number
}

export interface Extended {
  start: number
  id: number
  version: number
}

/** Places of so many bytes, so that no capability lies in another. */
const [PLACE, EXTENDED_PLACE] = [24, 0x60] as const
const places = (from: number, end: number, bytes: number) =>
  Array.from({ length: Math.floor((end - from) / bytes) }, (_, index) => from + index * bytes)

const PLACES = places(0x40, 0x100, PLACE)
const EXTENDED_PLACES = places(0x100, 0x1000, EXTENDED_PLACE)

/** Some of the places in any order, with what `of` gives at each. */
function at<T>(
  all: readonly number[],
  of: fc.Arbitrary<T>,
): fc.Arbitrary<(T & { start: number })[]> {
  return fc
    .shuffledSubarray([...all])
    .chain((starts) =>
      fc
        .array(of, { minLength: starts.length, maxLength: starts.length })
        .map((ones) => ones.map((one, index) => ({ ...one, start: starts[index] ?? 0 }))),
    )
}

/** A list of capabilities with these ids, each with bytes of its own, in the order of the list. */
export function listOf(
  id: fc.Arbitrary<number>,
  bytes: fc.Arbitrary<readonly number[]>,
): fc.Arbitrary<Listed[]> {
  return at(PLACES, fc.record({ id, bytes }))
}

/** Extended capabilities: the first is at 0x100, where there is any. */
export function extendedListOf(id: fc.Arbitrary<number>): fc.Arbitrary<Extended[]> {
  const [first = 0, ...others] = EXTENDED_PLACES
  const one = fc.record({ id, version: fc.integer({ min: 1, max: 15 }) })
  return fc.oneof(
    fc.constant<Extended[]>([]),
    fc
      .tuple(one, at(others.slice(0, 12), one))
      .map(([head, rest]) => [{ ...head, start: first }, ...rest]),
  )
}

/**
 * The space of a function that has these. `reserved`: what the two lowest bits of each pointer are,
 * which are to be masked (PCI Local Bus Specification 3.0, 6.7).
 */
export function spaceOf(
  length: 256 | 4096,
  list: readonly Listed[],
  extended: readonly Extended[],
  reserved: number,
): Uint8Array {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  bytes.set([0x36, 0x1b, 0x0d, 0x00])
  bytes[6] = list.length > 0 ? 0x10 : 0
  const pointer = (one: { start: number } | undefined) =>
    one === undefined ? 0 : one.start | reserved
  bytes[0x34] = pointer(list[0])
  for (const [index, { start, id, bytes: own }] of list.entries()) {
    bytes.set([id, pointer(list[index + 1]), ...own], start)
  }
  if (length === 256) return bytes
  for (const [index, { start, id, version }] of extended.entries()) {
    const next = extended[index + 1]?.start ?? 0
    view.setUint32(start, ((next << 20) | (version << 16) | id) >>> 0, true)
  }
  return bytes
}

/** Bytes of a space that something else stands in. */
export function damageOf(length: number): fc.Arbitrary<[at: number, value: number][]> {
  return fc.array(fc.tuple(fc.nat(length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
}

export function damaged(bytes: Uint8Array, changes: readonly [number, number][]): Uint8Array {
  const other = bytes.slice()
  for (const [at, value] of changes) other[at] = value
  return other
}
