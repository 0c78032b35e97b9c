/** Names of what repeats: `FIFO[%s]` and `PMUX%s`, and the element that a name means. */
import type { Repeat } from './model.ts'

/** What all levels of a description have in common: blocks, clusters, registers, fields. */
export interface Named {
  name: string
  repeat?: Repeat
}

/** The parts of a template: `DMA` and `_CTRL` of `DMA%s_CTRL`. A name without `%s` is an array's. */
interface Template {
  prefix: string
  suffix: string
  /** `NAME[%s]`: the canonical name has brackets. */
  isArray: boolean
}

const templates = new Map<string, Template>()

/** How many templates are kept parsed: a chip has some hundred. */
const MOST_KEPT = 4096

function templateOf(name: string): Template {
  const known = templates.get(name)
  if (known !== undefined) return known
  if (templates.size >= MOST_KEPT) templates.clear()
  const parsed = parse(name)
  templates.set(name, parsed)
  return parsed
}

function parse(name: string): Template {
  const brackets = name.indexOf('[%s]')
  if (brackets >= 0) {
    return { prefix: name.slice(0, brackets), suffix: name.slice(brackets + 4), isArray: true }
  }
  const at = name.indexOf('%s')
  if (at < 0) return { prefix: name, suffix: '', isArray: true }
  return { prefix: name.slice(0, at), suffix: name.slice(at + 2), isArray: false }
}

/**
 * The canonical name of an element: `FIFO[3]` of an array, `PMUXA` of a list. Of what does not repeat,
 * its name.
 */
export function elementName(node: Named, index: number): string {
  if (node.repeat === undefined) return node.name
  const { prefix, suffix, isArray } = templateOf(node.name)
  if (isArray) return `${prefix}[${index}]${suffix}`
  return prefix + (node.repeat.names?.[index] ?? String(index)) + suffix
}

/** All elements in one word: `FIFO[0..3]` of an array, `PMUXA..PMUXD` of a list. */
export function rangeName(node: Named): string {
  const last = (node.repeat?.count ?? 1) - 1
  const first = elementName(node, 0)
  if (last < 1) return first
  const { prefix, suffix, isArray } = templateOf(node.name)
  return isArray ? `${prefix}[0..${last}]${suffix}` : `${first}..${elementName(node, last)}`
}

/** What a name means of a node that repeats. */
export type Meant =
  | { kind: 'element'; index: number; isCanonical: boolean }
  /** All elements: the name without a number. */
  | { kind: 'all' }
  /** A number that no element has. */
  | { kind: 'beyond'; index: number }
  /** A number that is the name of one element, and the index of another. */
  | { kind: 'either'; named: number; indexed: number }

/**
 * What `text` means of a node that repeats, at no cost by its count: `FIFO[3]` and `FIFO3` alike, an
 * element by its own name (`PMUXA`, `PMUX[A]`), or all; undefined where it is not of this node.
 */
export function meantOf(node: Named, repeat: Repeat, text: string): Meant | undefined {
  if (text === node.name) return { kind: 'all' }
  const { prefix, suffix, isArray } = templateOf(node.name)
  if (text.length < prefix.length + suffix.length) return undefined
  if (!text.startsWith(prefix) || !text.endsWith(suffix)) return undefined
  const middle = text.slice(prefix.length, text.length - suffix.length)
  if (middle === '') return { kind: 'all' }
  const bare = /^\[(.*)\]$/.exec(middle)?.[1]
  const inner = bare ?? middle
  const named = repeat.names?.indexOf(inner) ?? -1
  const index = indexOf(inner)
  if (isArray) {
    // An array is counted from 0: its brackets with a number in them are never another element's name.
    if (index === undefined) return byName(named, false)
    if (bare !== undefined) return byIndex(repeat, index, true)
    if (named >= 0 && named !== index && index < repeat.count) {
      return { kind: 'either', named, indexed: index }
    }
    return named >= 0 ? byName(named, false) : byIndex(repeat, index, false)
  }
  if (repeat.names === undefined) {
    return index === undefined ? undefined : byIndex(repeat, index, bare === undefined)
  }
  if (bare === undefined) return byName(named, true)
  if (index === undefined || index >= repeat.count) return byName(named, false)
  if (named >= 0 && named !== index) return { kind: 'either', named, indexed: index }
  return { kind: 'element', index, isCanonical: false }
}

function byName(named: number, isCanonical: boolean): Meant | undefined {
  return named < 0 ? undefined : { kind: 'element', index: named, isCanonical }
}

function byIndex(repeat: Repeat, index: number, isCanonical: boolean): Meant {
  if (index >= repeat.count) return { kind: 'beyond', index }
  return { kind: 'element', index, isCanonical }
}

/** A decimal number without leading zeros, as elements are counted. */
function indexOf(text: string): number | undefined {
  return /^(?:0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : undefined
}
