/** What a board file says at `blocks`: which block is where. */
import { type PhysmemError, RequestError } from '../base/errors.ts'
import type { Position } from '../describe/model.ts'
import type { Duplicate } from '../describe/yaml/parse.ts'
import { cameOf, type Entry, type MapTree, type Tree } from '../describe/yaml/tree.ts'
import { parsePlace } from '../place/place.ts'
import { clip, quote } from '../text/refuse.ts'
import { nearest } from '../text/suggest.ts'
import { isFile } from './files.ts'

/** A block that a board file says to be somewhere. */
export interface PlacedBlock {
  name: string
  /** A file, a compatible, or the name of a block. */
  is: string
  /** Where `is` stands. */
  isAt: Position
  /** A place. */
  at: string
}

/** A block of which nothing is used, since what is said of it is wrong. */
export interface UnusableBlock {
  name: string
  why: PhysmemError
  /** Where in the board file that is, and why, without file, line and column. */
  fault?: Fault
}

/** Something that is wrong in a board file. */
export interface Fault {
  at: Position
  message: string
}

/** Throws ESYNTAX, with file, line and column. */
export type Fail = (at: Position, why: string) => never

export function failIn(path: string): Fail {
  return ({ line, column }, why) => {
    const message = `${clip(path)}:${line}:${column}: ${why}`
    throw new RequestError('ESYNTAX', message, { file: path, line, column, input: path })
  }
}

/**
 * The entries of `blocks`; those in which something is wrong are apart. Throws where it is not a
 * mapping.
 */
export function readPlaced(
  value: Tree,
  how: { fail: Fail; beside: (name: string) => string; duplicates: readonly Duplicate[] },
  path: string,
): { blocks: PlacedBlock[]; unusable: UnusableBlock[] } {
  const { fail } = how
  const map = mapOf(value, 'blocks: expected names, each with { is: KIND, at: PLACE }', fail)
  const blocks: PlacedBlock[] = []
  const unusable: UnusableBlock[] = []
  for (const entry of map.entries.values()) {
    let fault: Fault | undefined
    const noting: Fail = (at, message) => {
      fault = { at, message }
      return failIn(path)(at, message)
    }
    try {
      blocks.push(blockOf(entry, { ...how, fail: noting }))
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      unusable.push({ name: entry.key, why: error, ...(fault && { fault }) })
    }
  }
  return { blocks, unusable }
}

/** Whether a key is given twice in `blocks`, or in an entry of it. */
export function isIn(blocks: Tree, { first }: Duplicate): boolean {
  if (blocks.kind !== 'map') return false
  return [...blocks.entries.values()].some(
    ({ at, value }) => isSame(at, first) || isKeyOf(value, first),
  )
}

function isKeyOf(value: Tree, first: Position): boolean {
  return value.kind === 'map' && [...value.entries.values()].some(({ at }) => isSame(at, first))
}

function isSame(one: Position, other: Position): boolean {
  return one.line === other.line && one.column === other.column
}

export function givenTwice({ key, first }: Duplicate): string {
  return `${quote(key)} is given twice, first in line ${first.line}`
}

export function unknownKey(what: string, key: string, keys: readonly string[]): string {
  const near = nearest(key, keys)
  const end = near === undefined ? `: it has ${keys.join(', ')}` : `, did you mean ${near}?`
  return `${what} has no ${quote(key)}${end}`
}

export function textOf({ key, value }: Entry, fail: Fail): string {
  if (value.kind === 'text' && value.text !== '') return value.text
  return fail(value.at, `${key}: expected a text, ${cameOf(value, quote)}`)
}

function mapOf(value: Tree, expected: string, fail: Fail): MapTree {
  return value.kind === 'map' ? value : fail(value.at, `${expected}, ${cameOf(value, quote)}`)
}

function blockOf(
  { key: name, at, value }: Entry,
  {
    fail,
    beside,
    duplicates,
  }: { fail: Fail; beside: (name: string) => string; duplicates: readonly Duplicate[] },
): PlacedBlock {
  const twice = duplicates.find(({ first }) => isSame(at, first) || isKeyOf(value, first))
  if (twice !== undefined) fail(twice.at, givenTwice(twice))
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    return fail(at, `${quote(name)} is not the name of a block: expected letters, digits and _`)
  }
  const { entries } = mapOf(value, `${name}: expected { is: KIND, at: PLACE }`, fail)
  for (const entry of entries.values()) {
    if (!['is', 'at'].includes(entry.key)) fail(entry.at, unknownKey(name, entry.key, ['is', 'at']))
  }
  const part = (key: string) => {
    const entry = entries.get(key)
    if (entry === undefined) return fail(at, `${name}: ${key} is missing`)
    return { text: textOf({ ...entry, key: `${name}: ${key}` }, fail), position: entry.value.at }
  }
  const is = part('is')
  const where = part('at')
  try {
    parsePlace(where.text)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return fail(where.position, `${name}: ${error.message}`)
  }
  const file = isFile(is.text) ? beside(is.text) : is.text
  return { name, is: file, isAt: is.position, at: where.text }
}
