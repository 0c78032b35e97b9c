import type { Position } from '../model.ts'

/**
 * A YAML text as what reads it needs it: every scalar as its text, so that numbers are written, and
 * refused, as on the command line; everything with its place. What an alias names is there once.
 */
export type Tree = TextTree | ListTree | MapTree

export interface TextTree {
  kind: 'text'
  /** Empty for nothing at all. */
  text: string
  at: Position
}

export interface ListTree {
  kind: 'list'
  items: readonly Tree[]
  at: Position
}

export interface MapTree {
  kind: 'map'
  entries: ReadonlyMap<string, Entry>
  at: Position
}

/** A key and its value. */
export interface Entry {
  key: string
  /** Where the key stands. */
  at: Position
  value: Tree
}

const NOWHERE: Position = { line: 1, column: 1 }

/** The tree of plain values, as a program gives them: texts, numbers, lists and objects. */
export function treeOf(value: unknown, at = NOWHERE): Tree {
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((item) => treeOf(item, at)), at }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).flatMap(([key, part]): [string, Entry][] =>
      part === undefined ? [] : [[key, { key, at, value: treeOf(part, at) }]],
    )
    return { kind: 'map', entries: new Map(entries), at }
  }
  return { kind: 'text', text: value === null || value === undefined ? '' : String(value), at }
}

/** The plain value of a tree: texts, lists and objects. */
export function plainOf(tree: Tree): unknown {
  if (tree.kind === 'text') return tree.text
  if (tree.kind === 'list') return tree.items.map(plainOf)
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plainOf(value)]))
}

/** What a tree is, for a message: `came "5"`. */
export function cameOf(tree: Tree, quote: (text: string) => string): string {
  if (tree.kind === 'list') return 'got a list'
  if (tree.kind === 'map') return 'got a mapping'
  return tree.text === '' ? 'got nothing' : `got ${quote(tree.text)}`
}

/** A tree of these entries, at the place of another one. */
export function mapTree(at: Position, entries: Iterable<Entry>): MapTree {
  return { kind: 'map', at, entries: new Map([...entries].map((entry) => [entry.key, entry])) }
}
