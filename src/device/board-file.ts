import { existsSync, lstatSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { RequestError } from '../base/errors.ts'
import type { Position } from '../describe/model.ts'
import { parseTree } from '../describe/yaml/parse.ts'
import { cameOf, type Entry, type MapTree, type Tree } from '../describe/yaml/tree.ts'
import { parsePlace } from '../place/place.ts'
import { parseTarget } from '../place/target.ts'
import { clip, quote } from '../text/refuse.ts'
import { nearest } from '../text/suggest.ts'
import { isFile, readDescriptionFile } from './files.ts'
import { checkTrusted } from './trusted.ts'

export const BOARD_FILE = 'physmem.yaml'

/** A block that a board file says to be somewhere. */
export interface PlacedBlock {
  name: string
  /** A file, a compatible, or the name of a block. */
  is: string
  /** A place. */
  at: string
}

/** What a board file says. What it names beside itself is resolved. */
export interface BoardFile {
  path: string
  /** The user, where it was found, not named: what it names must be trusted as it is. */
  foundBy?: number
  chip?: string
  overlays: readonly string[]
  blocks: readonly PlacedBlock[]
  target?: string
}

/**
 * The board file of a folder, found upward as git finds its own; `undefined` where there is none. Throws
 * EPERMISSION for one that others could have written, and where others may write a folder on the way.
 */
export function findBoardFile(folder: string, uid: number): string | undefined {
  const start = resolve(folder)
  let at = start
  for (;;) {
    const path = join(at, BOARD_FILE)
    if (isThere(path)) {
      checkTrusted(path, uid, { from: start })
      return path
    }
    const above = dirname(at)
    if (above === at) return undefined
    at = above
  }
}

/** Whether anything has this name, a dangling link too. */
function isThere(path: string): boolean {
  return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/**
 * Reads a board file; `foundBy` is the user, for one that was found. Throws as `sourceAt` does, and
 * ESYNTAX with line and column.
 */
export function readBoardFile(path: string, foundBy?: number): BoardFile {
  const board = parseBoardFile(readDescriptionFile(path), path)
  return foundBy === undefined ? board : { ...board, foundBy }
}

/**
 * Throws EUSAGE for a board file of another machine than this target: its addresses would be those of
 * something else there.
 */
export function checkTarget({ path, target }: BoardFile, of: string): void {
  if (target === undefined || target === of) return
  const wrong = `${clip(path)} is of the target ${quote(target)}, and this is ${quote(of)}`
  const other = 'another board file, or --board none'
  const [end, cure] = isTarget(target)
    ? ['', `give --target ${clip(target)}, or ${other}`]
    : ['; this version reaches local, sim: and sim:FILE only', `give ${other}`]
  throw new RequestError('EUSAGE', wrong + end, { input: path, cure })
}

function isTarget(text: string): boolean {
  try {
    parseTarget(text)
    return true
  } catch (error) {
    if (error instanceof RequestError) return false
    throw error
  }
}

const KEYS = ['chip', 'overlays', 'blocks', 'target']

/** The same of a text. `path` is where it is from: what it names lies beside it. */
export function parseBoardFile(text: string, path: string): BoardFile {
  const { tree, duplicates } = parsed(text, path)
  const fail: Fail = ({ line, column }, why) => {
    const message = `${clip(path)}:${line}:${column}: ${why}`
    throw new RequestError('ESYNTAX', message, { file: path, line, column, input: path })
  }
  const [twice] = duplicates
  if (twice)
    return fail(twice.at, `${quote(twice.key)} is given twice, first in line ${twice.first.line}`)
  const beside = (name: string) => (isAbsolute(name) ? name : join(dirname(path), name))
  const board: BoardFile = { path, overlays: [], blocks: [] }
  if (tree.kind === 'text' && tree.text === '') return board
  if (tree.kind !== 'map')
    return fail(tree.at, `expected ${KEYS.join(', ')}, ${cameOf(tree, quote)}`)
  for (const entry of tree.entries.values()) {
    const { key, value } = entry
    if (key === 'chip') board.chip = beside(textOf(entry, fail))
    else if (key === 'target') board.target = textOf(entry, fail)
    else if (key === 'overlays') board.overlays = filesOf(entry, fail).map(beside)
    else if (key === 'blocks') {
      const map = mapOf(value, 'blocks: expected names, each with { is: KIND, at: PLACE }', fail)
      board.blocks = [...map.entries.values()].map((one) => blockOf(one, fail, beside))
    } else fail(entry.at, unknownKey('a board file', key, KEYS))
  }
  const overlays = tree.entries.get('overlays')
  if (overlays !== undefined && board.chip === undefined)
    return fail(overlays.at, 'overlays: there is no chip that they change: name its file at "chip"')
  return board
}

/** As `parseTree`, with what helps where a text ends in a colon, which YAML takes for a key's. */
function parsed(text: string, path: string): ReturnType<typeof parseTree> {
  try {
    return parseTree(text, path)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    const { line, column } = error.data
    const found = /^\s*([\w-]+):\s+([^\s'"#[\]{}]+:)\s*(?:#.*)?$/.exec(
      text.split(/\r?\n/)[Number(line) - 1] ?? '',
    )
    if (found === null) throw error
    const [, key = '', value = ''] = found
    const cure = `quote a text that ends in a colon, as in ${clip(key)}: '${clip(value)}'`
    const message = `${clip(path)}:${line}:${column}: ${cure}`
    throw new RequestError('ESYNTAX', message, error.data, { cause: error })
  }
}

type Fail = (at: Position, why: string) => never

function unknownKey(what: string, key: string, keys: readonly string[]): string {
  const near = nearest(key, keys)
  const end = near === undefined ? `: it has ${keys.join(', ')}` : `, did you mean ${near}?`
  return `${what} has no ${quote(key)}${end}`
}

function textOf({ key, value }: Entry, fail: Fail): string {
  if (value.kind === 'text' && value.text !== '') return value.text
  return fail(value.at, `${key}: expected a text, ${cameOf(value, quote)}`)
}

function filesOf({ key, value }: Entry, fail: Fail): string[] {
  if (value.kind !== 'list')
    return fail(value.at, `${key}: expected a list of files, ${cameOf(value, quote)}`)
  return value.items.map((item) => textOf({ key, at: item.at, value: item }, fail))
}

function mapOf(value: Tree, expected: string, fail: Fail): MapTree {
  return value.kind === 'map' ? value : fail(value.at, `${expected}, ${cameOf(value, quote)}`)
}

function blockOf(
  { key: name, at, value }: Entry,
  fail: Fail,
  beside: (name: string) => string,
): PlacedBlock {
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    return fail(at, `${quote(name)} is not the name of a block: expected letters, digits and _`)
  }
  const { entries } = mapOf(value, `${name}: expected { is: KIND, at: PLACE }`, fail)
  for (const entry of entries.values()) {
    if (!['is', 'at'].includes(entry.key)) fail(entry.at, unknownKey(name, entry.key, ['is', 'at']))
  }
  const [is, where] = ['is', 'at'].map((key) => {
    const entry = entries.get(key)
    return entry === undefined ? fail(at, `${name}: ${key} is missing`) : textOf(entry, fail)
  }) as [string, string]
  try {
    parsePlace(where)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return fail(entries.get('at')?.value.at ?? at, `${name}: ${error.message}`)
  }
  return { name, is: isFile(is) ? beside(is) : is, at: where }
}
