import { RequestError } from '../../base/errors.ts'
import { clip, quote } from '../../text/refuse.ts'
import type { Position } from '../model.ts'
import { whyBroken } from './broken.ts'
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from './library.ts'
import type { Entry, Tree } from './tree.ts'

/**
 * A longer text is not a description that a person wrote; yaml takes 100 times its size in memory.
 */
const LONGEST_TEXT = 2 ** 24
/** Deeper than any description, and far from the depth at which recursion fails. */
const DEEPEST = 64
const TOO_DEEP = `this is nested more than ${DEEPEST} levels deep`
/** Parts that aliases may add to those that are written. */
const MOST_BY_ALIAS = 200_000

/** A key that stands twice in one mapping. */
export interface Duplicate {
  key: string
  at: Position
  first: Position
}

/**
 * The tree of a YAML text, and the keys that stand twice, of which the first counts. Throws ESYNTAX
 * as `file:line:column: message`, or without a file `line 1, column 2: message`, for what is not
 * YAML text; `data` has `file`, `line` and `column`, counted from 1.
 */
export function parseTree(text: string, file?: string): { tree: Tree; duplicates: Duplicate[] } {
  refuseBinary(text, file)
  const lines = new LineCounter()
  const fail = (offset: number, message: string): never => {
    const { line, column } = place(offset)
    const where = whereIn(file, { line, column })
    const at = { ...(file === undefined ? {} : { file }), line, column }
    throw new RequestError('ESYNTAX', `${where}: ${message}`, at)
  }
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  if (text.length > LONGEST_TEXT) {
    const message = `this has ${text.length} characters: a YAML description has at most ${LONGEST_TEXT}`
    throw new RequestError('ESYNTAX', `${file === undefined ? '' : `${clip(file)}: `}${message}`, {
      ...(file === undefined ? {} : { file }),
    })
  }
  refuseDepth(text, fail)
  const document = parseDocument(text, {
    schema: 'failsafe', // scalars stay texts
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false, // that of yaml takes the square of the keys
  })
  const [broken] = [...document.errors, ...document.warnings]
  if (broken)
    fail(broken.pos[0], broken.message.startsWith('Maximum call') ? TOO_DEEP : whyBroken(broken))

  const duplicates: Duplicate[] = []
  const anchors = new Map<string, { tree: Tree; weight: number } | undefined>()
  let byAlias = 0

  /** The tree of a node, and how many parts it has when it is written out. */
  const convert = (
    node: Node | null,
    depth: number,
    offset: number,
  ): { tree: Tree; weight: number } => {
    if (depth > DEEPEST) fail(offset, TOO_DEEP)
    const start = node?.range?.[0] ?? offset
    if (isAlias(node)) {
      if (!anchors.has(node.source))
        fail(start, `there is no anchor &${clip(node.source)} before this alias`)
      const named = anchors.get(node.source)
      if (named === undefined)
        return fail(start, `the alias *${clip(node.source)} is inside what it names`)
      byAlias += named.weight
      if (byAlias > MOST_BY_ALIAS) {
        fail(start, `the aliases up to here stand for more than ${MOST_BY_ALIAS} parts`)
      }
      return named
    }
    const anchor = isNode(node) && 'anchor' in node ? node.anchor : undefined
    if (anchor !== undefined) anchors.set(anchor, undefined)
    const made = convertNode(node, depth, start)
    if (anchor !== undefined) anchors.set(anchor, made)
    return made
  }

  const convertNode = (
    node: Node | null,
    depth: number,
    start: number,
  ): { tree: Tree; weight: number } => {
    const at = place(start)
    let weight = 1
    const part = (child: unknown, near: number) => {
      const made = convert(isNode(child) ? child : null, depth + 1, near)
      weight += made.weight
      return made.tree
    }
    if (isSeq(node)) {
      return {
        tree: { kind: 'list', items: node.items.map((item) => part(item, start)), at },
        weight,
      }
    }
    if (!isMap(node)) {
      const scalar = isScalar(node) ? node.value : null
      return { tree: { kind: 'text', text: scalar === null ? '' : String(scalar), at }, weight }
    }
    const entries = new Map<string, Entry>()
    let last: { entry: Entry; end: number } | undefined
    for (const pair of node.items) {
      const keyAt = isNode(pair.key) ? (pair.key.range?.[0] ?? start) : start
      const name = part(pair.key, keyAt)
      if (name.kind !== 'text') return fail(keyAt, 'a key must be text')
      const key = name.text
      // { is: arm,pl011 }: to YAML a key without a value, to a person one text.
      if (
        pair.value === null &&
        last !== undefined &&
        keyAt === last.end + 1 &&
        node.flow === true
      ) {
        const { value } = last.entry
        if (value.kind === 'text' && text[last.end] === ',') {
          const joined = { ...last.entry, value: { ...value, text: `${value.text},${key}` } }
          if (entries.get(last.entry.key) === last.entry) entries.set(joined.key, joined)
          last = { entry: joined, end: last.end + 1 + key.length }
          continue
        }
      }
      const entry = { key, at: place(keyAt), value: part(pair.value, keyAt) }
      const { value } = pair
      last = isScalar(value) && value.range ? { entry, end: value.range[1] } : undefined
      const first = entries.get(key)
      if (first === undefined) entries.set(key, entry)
      else duplicates.push({ key, at: entry.at, first: first.at })
    }
    return { tree: { kind: 'map', entries, at }, weight }
  }

  const { tree } = convert(document.contents, 0, 0)
  return { tree, duplicates }
}

/** `file:line:column`, or without a file `line 1, column 2`. */
export function whereIn(file: string | undefined, { line, column }: Position): string {
  return file === undefined ? `line ${line}, column ${column}` : `${clip(file)}:${line}:${column}`
}

/** What YAML allows in a text, besides blanks: no control characters, nothing that is not UTF-8. */
const binary = /[^\t\n\r\x20-\x7e\x85\xa0-\ufffc\u{10000}-\u{10ffff}]/u

function refuseBinary(text: string, file: string | undefined): void {
  const at = text.replace(/^\ufeff/, '').search(binary)
  if (at < 0) return
  const start = /^[\x20-\x7e]{0,16}/.exec(text)?.[0] ?? ''
  const begins = start === '' ? '' : `, it begins with ${quote(start)}`
  const message = `${file === undefined ? 'this' : clip(file)} is not YAML text: it contains bytes that no text has${begins}`
  throw new RequestError('ESYNTAX', message, file === undefined ? {} : { file })
}

/**
 * Refuses what is surely too deep before yaml reads it, which takes the square of the depth: more
 * brackets that open than close, or so many marks of lists in one line.
 */
function refuseDepth(text: string, fail: (offset: number, message: string) => never): void {
  const brackets = /[[\]{}]/g
  let depth = 0
  for (let found = brackets.exec(text); found !== null; found = brackets.exec(text)) {
    depth += found[0] === '[' || found[0] === '{' ? 1 : -1
    if (depth < 0) depth = 0
    // Some may stand in texts.
    if (depth > 10 * DEEPEST) fail(0, TOO_DEEP)
  }
  const marks = /^ *(?:[-?:][ \t]+){64}/m.exec(text)
  if (marks !== null) fail(0, TOO_DEEP)
}
