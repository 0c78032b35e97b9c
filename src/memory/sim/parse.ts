import * as v from 'valibot'
import { RequestError } from '../../base/errors.ts'
import type { Position } from '../../describe/model.ts'
import { parseTree, whereIn } from '../../describe/yaml/parse.ts'
import { descriptionProblems } from '../../describe/yaml/problems.ts'
import { plainOf, type Tree } from '../../describe/yaml/tree.ts'
import { quote } from '../../text/refuse.ts'
import { layoutProblems, type Problem } from './layout.ts'
import { type BoardDescription, boardSchema } from './schema.ts'

/**
 * The board that a YAML text describes. Throws ESYNTAX with the first mistake as
 * `file:line:column: message`, or without a file `line 1, column 2: message`; `data` has `file`,
 * `line` and `column`, counted from 1.
 */
export function parseBoardText(text: string, file?: string): BoardDescription {
  const { tree, duplicates } = parseTree(text, file)
  const fail = (at: Position, message: string): never => {
    throw new RequestError('ESYNTAX', `${whereIn(file, at)}: ${message}`, {
      ...(file === undefined ? {} : { file }),
      ...{ line: at.line, column: at.column },
    })
  }
  const [twice] = duplicates
  if (twice) fail(twice.at, `${quote(twice.key)} is given twice, first in line ${twice.first.line}`)
  const raw: unknown = plainOf(tree)
  const reserved = findReserved(raw, [])
  if (reserved) fail(placeOf(tree, reserved.path, true), reserved.message)
  const result = v.safeParse(boardSchema, raw)
  if (!result.success) {
    const { path, message, ofKey } = problemOf(mostTelling(result.issues))
    fail(placeOf(tree, path, ofKey), message)
  }
  const board = result.output as BoardDescription
  for (const { path, message } of layoutProblems(board)) {
    fail(placeOf(tree, path, false), `${path.join('.')}: ${message}`)
  }
  // A register that its bus cannot carry at once is no mistake: real devices have such.
  const wrong = descriptionProblems(tree).find(({ code }) => code !== 'wider-than-bus')
  if (wrong !== undefined) fail(wrong, `${wrong.path}: ${wrong.message}`)
  return board
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
function placeOf(tree: Tree, path: readonly string[], ofKey: boolean): Position {
  let here = tree
  for (const [depth, key] of path.entries()) {
    if (here.kind === 'text') return here.at
    if (here.kind === 'list') {
      const item = here.items[Number(key)]
      if (item === undefined) return here.at
      here = item
      continue
    }
    const entry = here.entries.get(key)
    if (entry === undefined) return here.at
    if (ofKey && depth === path.length - 1) return entry.at
    here = entry.value
  }
  return here.at
}
