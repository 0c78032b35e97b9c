import { existsSync, lstatSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { RequestError } from '../base/errors.ts'
import { isMap, isNode, LineCounter, type Node, parseDocument } from '../memory/sim/yaml.ts'
import { parsePlace } from '../place/place.ts'
import { clip, quote } from '../text/refuse.ts'
import { nearest } from '../text/suggest.ts'
import { readDescriptionFile } from './files.ts'
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

/** What a board file says. Paths are relative to nothing: they are resolved. */
export interface BoardFile {
  path: string
  chip?: string
  overlays: readonly string[]
  blocks: readonly PlacedBlock[]
  target?: string
}

/**
 * The board file of a folder, found upward as git finds its own; `undefined` where there is none. Throws
 * EPERMISSION for one that others could have written.
 */
export function findBoardFile(folder: string, uid: number): string | undefined {
  let at = resolve(folder)
  for (;;) {
    const path = join(at, BOARD_FILE)
    if (isThere(path)) {
      checkTrusted(path, uid)
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

/** Reads a board file. Throws as `sourceAt` does, and ESYNTAX with line and column. */
export function readBoardFile(path: string): BoardFile {
  return parseBoardFile(readDescriptionFile(path), path)
}

const KEYS = ['chip', 'overlays', 'blocks', 'target']

/** The same of a text. `path` is where it is from: what it names lies beside it. */
export function parseBoardFile(text: string, path: string): BoardFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const fail = (node: { range?: readonly number[] | null } | undefined, why: string): never => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0)
    throw new RequestError('ESYNTAX', `${clip(path)}:${line}:${col}: ${why}`, {
      ...{ file: path, line, column: col, input: path },
    })
  }
  const [first] = document.errors
  if (first !== undefined) {
    const { line, col } = lines.linePos(first.pos[0])
    const why = first.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? ''
    const message = `${clip(path)}:${line}:${col}: this is no YAML: ${why}`
    throw new RequestError('ESYNTAX', message, { file: path, line, column: col, input: path })
  }
  const top = document.contents
  if (top === null) return { path, overlays: [], blocks: [] }
  if (!isMap(top)) return fail(top as Node, `expected keys such as ${KEYS.join(', ')}`)
  const beside = (name: string) => (isAbsolute(name) ? name : join(dirname(path), name))
  const board: BoardFile = { path, overlays: [], blocks: [] }
  for (const { key, value } of top.items) {
    const [keyNode, node] = [isNode(key) ? key : undefined, isNode(value) ? value : undefined]
    const name = plain(key)
    const text = plain(value)
    if (name === 'chip' || name === 'target') {
      if (text === undefined) return fail(node ?? keyNode, `${name}: expected a text`)
      board[name] = name === 'chip' ? beside(text) : text
    } else if (name === 'overlays') {
      board.overlays = textsOf(value, () => fail(node ?? keyNode, 'overlays: expected a list of files')).map(beside)
    } else if (name === 'blocks') {
      if (!isMap(value)) return fail(node ?? keyNode, 'blocks: expected names, each with is and at')
      board.blocks = value.items.map((item) => blockOf(item, fail, beside))
    } else {
      const near = name === undefined ? undefined : nearest(name, KEYS)
      const end = near === undefined ? `: it has ${KEYS.join(', ')}` : `, did you mean ${near}?`
      return fail(keyNode, `a board file has no ${quote(name ?? '')}${end}`)
    }
  }
  return board
}

type Fail = (node: { range?: readonly number[] | null } | undefined, why: string) => never

function blockOf(
  { key, value }: { key: unknown; value: unknown },
  fail: Fail,
  beside: (name: string) => string,
): PlacedBlock {
  const name = plain(key)
  const node = isNode(key) ? key : undefined
  if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) {
    return fail(node, `${quote(name ?? '')} is not the name of a block: expected letters and digits`)
  }
  if (!isMap(value)) return fail(node, `${name}: expected { is: KIND, at: PLACE }`)
  let [is, at]: (string | undefined)[] = []
  for (const item of value.items) {
    const text = plain(item.value)
    const which = plain(item.key)
    const itemNode = isNode(item.key) ? item.key : node
    if (which === 'is') is = text
    else if (which === 'at') at = text
    else return fail(itemNode, `${name}: there is no ${quote(which ?? '')}: it has is, at`)
    if (text === undefined) return fail(itemNode, `${name}: ${which}: expected a text`)
  }
  if (is === undefined || at === undefined) {
    return fail(node, `${name}: ${is === undefined ? 'is' : 'at'} is missing`)
  }
  try {
    parsePlace(at)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return fail(node, `${name}: ${error.message}`)
  }
  return { name, is: isFile(is) ? beside(is) : is, at }
}

/** Whether a kind of block is written as a file. */
export function isFile(is: string): boolean {
  return /^[./~]/.test(is) || /\.(?:ya?ml|svd|xml|json|csv|hwh|xsa|regdb)$/i.test(is)
}

function textsOf(value: unknown, fail: () => never): string[] {
  const items = (value as { items?: readonly unknown[] } | null)?.items
  if (!Array.isArray(items)) return fail()
  return items.map((item) => plain(item) ?? fail())
}

/** A scalar as text; YAML's numbers are texts here, too (`at: 0x1000`). */
function plain(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null || !('value' in node)) return undefined
  const { value, source } = node as { value: unknown; source?: unknown }
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return typeof source === 'string' ? source : `${value}`
  return undefined
}
