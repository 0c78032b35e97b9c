import { dirname, isAbsolute, join } from 'node:path'
import { RequestError } from '../base/errors.ts'
import type { Position } from '../describe/model.ts'
import { parseTree } from '../describe/yaml/parse.ts'
import { cameOf, type Entry } from '../describe/yaml/tree.ts'
import { parseTarget } from '../place/target.ts'
import { clip, quote } from '../text/refuse.ts'
import { optionWord } from '../wording/command-line.ts'
import { readDescriptionFile } from './files.ts'
import {
  type Fail,
  type Fault,
  failIn,
  givenTwice,
  isIn,
  type PlacedBlock,
  readPlaced,
  textOf,
  type UnusableBlock,
  unknownKey,
} from './placed.ts'
import { GROUP_SIGN, type GroupedTarget, readGroups } from './target-groups.ts'
import { wholeTarget } from './whole-target.ts'

/** What a board file says. What it names beside itself is resolved. */
export interface BoardFile {
  path: string
  /** The users whose files count, where it was found, not named: what it names must be trusted as it is. */
  foundBy?: readonly number[]
  chip?: string
  overlays: readonly string[]
  blocks: readonly PlacedBlock[]
  /** Entries of `blocks` that say no block: whoever names one is told why. */
  unusable: readonly UnusableBlock[]
  target?: string
  /** The targets of all groups, in the order of the file. */
  groups: readonly GroupedTarget[]
  /** Where what `chip`, `target` and `overlays` name stands: of each overlay on its own. */
  named: readonly { key: string; at: Position }[]
}

/**
 * Reads a board file; `foundBy` are the users whose files count, for one that was found. Throws as `sourceAt` does, and
 * ESYNTAX with line and column.
 */
export function readBoardFile(path: string, foundBy?: readonly number[]): BoardFile {
  const board = parseBoardFile(readDescriptionFile(path), path)
  return foundBy === undefined ? board : { ...board, foundBy }
}

/**
 * Throws EUSAGE for a board file of another machine than this target: its addresses would be those of
 * something else there.
 */
export function checkTarget({ path, target, groups }: BoardFile, of: string): void {
  if (target === undefined) return
  const folder = dirname(path)
  const present = wholeTarget('.', of)
  const isPresent = (one: string) => isTarget(one) && wholeTarget(folder, one) === present
  if (isPresent(target) || groups.some((one) => isPresent(one.target))) return
  const wrong = `${clip(path)} is for the target ${quote(target)}, but this is ${quote(of)}`
  const other = `another board file, or ${optionWord('board', 'none')}`
  const [end, cure] = isTargetOrGroup(target)
    ? ['', `give ${optionWord('target', clip(wholeTarget(folder, target)))}, or ${other}`]
    : ['; this version reaches no such target', `give ${other}`]
  throw new RequestError('EUSAGE', wrong + end, { input: path, cure })
}

export function isTarget(text: string): boolean {
  try {
    parseTarget(text)
    return true
  } catch (error) {
    if (error instanceof RequestError) return false
    throw error
  }
}

/** Whether a text may stand as the target of a board file: a group may, too. */
export function isTargetOrGroup(text: string): boolean {
  return text.startsWith(GROUP_SIGN) || isTarget(text)
}

/** The keys at the top of a board file. */
export const BOARD_KEYS = ['chip', 'overlays', 'blocks', 'target', 'targets']

/**
 * The same of a text. `path` is where it is from: what it names lies beside it. An entry of `blocks` in
 * which something is wrong is kept with the reason, and affects no other; `tell` is called for all
 * else.
 */
export function parseBoardFile(
  text: string,
  path: string,
  tell: (fault: Fault) => void = () => {},
): BoardFile {
  const { tree, duplicates } = parsed(text, path)
  const failing = failIn(path)
  const fail: Fail = (at, message) => {
    tell({ at, message })
    return failing(at, message)
  }
  const blocks = tree.kind === 'map' ? tree.entries.get('blocks')?.value : undefined
  const twice = duplicates.find((one) => blocks === undefined || !isIn(blocks, one))
  if (twice) return fail(twice.at, givenTwice(twice))
  const beside = (name: string) => (isAbsolute(name) ? name : join(dirname(path), name))
  const board: BoardFile = { path, overlays: [], blocks: [], unusable: [], groups: [], named: [] }
  if (tree.kind === 'text' && tree.text === '') return board
  if (tree.kind !== 'map')
    return fail(tree.at, `expected ${BOARD_KEYS.join(', ')}, ${cameOf(tree, quote)}`)
  for (const entry of tree.entries.values()) {
    const { key, value } = entry
    const parts = value.kind === 'list' ? value.items : [value]
    if (key !== 'blocks') board.named = [...board.named, ...parts.map(({ at }) => ({ key, at }))]
    if (key === 'chip') board.chip = beside(textOf(entry, fail))
    else if (key === 'target') board.target = textOf(entry, fail)
    else if (key === 'targets') board.groups = readGroups(entry, fail)
    else if (key === 'overlays') board.overlays = filesOf(entry, fail).map(beside)
    else if (key === 'blocks')
      Object.assign(board, readPlaced(value, { fail, beside, duplicates }, path))
    else fail(entry.at, unknownKey('a board file', key, BOARD_KEYS))
  }
  const overlays = tree.entries.get('overlays')
  if (overlays !== undefined && board.chip === undefined)
    return fail(
      overlays.at,
      'overlays: there is no chip that they change: name its file under "chip"',
    )
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

function filesOf({ key, value }: Entry, fail: Fail): string[] {
  if (value.kind !== 'list')
    return fail(value.at, `${key}: expected a list of files, ${cameOf(value, quote)}`)
  return value.items.map((item) => textOf({ key, at: item.at, value: item }, fail))
}
