import * as v from 'valibot'
import { RequestError } from '../../base/errors.ts'
import { clip, quote } from '../../text/refuse.ts'
import { layoutProblems, type Problem } from './layout.ts'
import { type BoardDescription, boardSchema } from './schema.ts'
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from './yaml.ts'

/**
 * The board that a YAML text describes. Throws ESYNTAX with the first mistake as
 * `file:line:column: message`, or without a file `line 1, column 2: message`; `data` has `file`,
 * `line` and `column`, counted from 1.
 */
export function parseBoardText(text: string, file?: string): BoardDescription {
  refuseBinary(text, file)
  const lines = new LineCounter()
  const document = parseDocument(text, {
    schema: 'failsafe', // scalars stay texts: see texts.ts
    lineCounter: lines,
    prettyErrors: false,
  })
  const fail = (offset: number, message: string): never => {
    const { line, col } = lines.linePos(offset)
    const where =
      file === undefined ? `line ${line}, column ${col}` : `${clip(file)}:${line}:${col}`
    const at = { ...(file === undefined ? {} : { file }), line, column: col }
    throw new RequestError('ESYNTAX', `${where}: ${message}`, at)
  }
  const [broken] = [...document.errors, ...document.warnings]
  if (broken) fail(broken.pos[0], broken.message)
  const raw: unknown = document.toJS()
  const reserved = findReserved(raw, [])
  if (reserved) fail(offsetOf(document, reserved.path, true), reserved.message)
  const result = v.safeParse(boardSchema, raw)
  if (!result.success) {
    const { path, message, ofKey } = problemOf(mostTelling(result.issues))
    fail(offsetOf(document, path, ofKey), message)
  }
  const board = result.output as BoardDescription
  for (const { path, message } of layoutProblems(board)) {
    fail(offsetOf(document, path, false), `${path.join('.')}: ${message}`)
  }
  return board
}

/** What YAML allows in a text, besides blanks: no control characters, nothing that is not UTF-8. */
const binary = /[^\t\n\r\x20-\x7e\x85\xa0-\ufffc\u{10000}-\u{10ffff}]/u

function refuseBinary(text: string, file: string | undefined): void {
  const at = text.replace(/^\ufeff/, '').search(binary)
  if (at < 0) return
  const start = /^[\x20-\x7e]{0,16}/.exec(text)?.[0] ?? ''
  const begins = start === '' ? '' : `, it begins with ${quote(start)}`
  const message = `${file === undefined ? 'this' : clip(file)} is not a YAML text: it holds bytes that no text has${begins}`
  throw new RequestError('ESYNTAX', message, file === undefined ? {} : { file })
}

/** The first mistake; of a key that is missing and one that is unknown, the unknown one. */
function mostTelling(issues: [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]) {
  const parent = ({ path }: v.BaseIssue<unknown>) => path?.slice(0, -1).map(({ key }) => key)
  const [first] = issues
  const where = parent(first)?.join('.')
  return issues.find((i) => i.expected === 'never' && parent(i)?.join('.') === where) ?? first
}

function problemOf(issue: v.BaseIssue<unknown>): Problem & { ofKey: boolean } {
  const items = issue.path ?? []
  const path = items.map(({ key }) => String(key))
  // valibot names the key itself where it is unknown or missing: then the text speaks of its parent.
  const ofKey = items.at(-1)?.origin === 'key'
  const label = (ofKey ? path.slice(0, -1) : path).join('.')
  return { path, message: label === '' ? issue.message : `${label}: ${issue.message}`, ofKey }
}

/** Names that every object has, which valibot would drop without a word. */
function findReserved(value: unknown, path: string[]): Problem | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, part] of Object.entries(value)) {
    const here = [...path, key]
    if (['__proto__', 'constructor', 'prototype'].includes(key)) {
      return { path: here, message: `${path.join('.')}: "${key}" cannot be a name` }
    }
    const found = findReserved(part, here)
    if (found) return found
  }
  return undefined
}

/** Where the value (or the key) at `path` starts; of the nearest thing above it that exists. */
function offsetOf(document: Document, path: readonly string[], ofKey: boolean): number {
  let node: Node | null | undefined = document.contents
  let offset = node?.range?.[0] ?? 0
  for (const [depth, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    let next: unknown
    if (isSeq(node)) next = node.items[Number(key)]
    else if (isMap(node)) {
      const pair = node.items.find((item) => isNode(item.key) && String(item.key) === key)
      next = ofKey && depth === path.length - 1 ? pair?.key : pair?.value
    }
    if (!isNode(next)) return offset
    node = next
    offset = node.range?.[0] ?? offset
  }
  return offset
}
