/** One level of names: which of the nodes a text means. */
import { elementName, type Meant, meantOf, type Named } from './element.ts'
import type { Cluster, Register } from './model.ts'

/** A node, and which of its elements; without an index what does not repeat, or all elements. */
export interface Match<T extends Named> {
  node: T
  index?: number
  /** All elements of what repeats. */
  isAll?: true
}

/** Why no node is meant: a number after the last element, or one that means two of them. */
export interface Miss<T extends Named> {
  node: T
  meant: Exclude<Meant, { kind: 'element' | 'all' }>
}

/** What a text means: one match, several of equal right, or none. */
export interface Matches<T extends Named> {
  matches: readonly Match<T>[]
  miss?: Miss<T>
}

interface Names<T> {
  /** What does not repeat, by its name, and by that with its group of alternates after it. */
  single: ReadonlyMap<string, readonly T[]>
  repeated: readonly T[]
}

const indexes = new WeakMap<readonly Named[], Names<Named>>()
const foldedIndexes = new WeakMap<readonly Named[], Names<Named>>()

function indexed<T extends Named>(nodes: readonly T[], isFolded: boolean): Names<T> {
  const kept = isFolded ? foldedIndexes : indexes
  const known = kept.get(nodes)
  if (known !== undefined) return known as Names<T>
  const single = new Map<string, T[]>()
  const repeated: T[] = []
  const add = (name: string, node: T) => {
    const key = isFolded ? name.toLowerCase() : name
    const same = single.get(key)
    if (same === undefined) single.set(key, [node])
    else if (!same.includes(node)) same.push(node)
  }
  for (const node of nodes) {
    if (node.repeat !== undefined) repeated.push(node)
    else for (const name of new Set([node.name, fullName(node)])) add(name, node)
  }
  const made = { single, repeated }
  kept.set(nodes, made)
  return made
}

/** The name with its group of alternates, by which it is unique: `CTRL_HOST`. */
export function fullName(node: Named): string {
  const { alternate } = node as Partial<Register>
  return alternate?.group === undefined ? node.name : `${node.name}_${alternate.group}`
}

/** The name of a match as it is shown, and found again. */
export function shownName<T extends Named>({ node, index }: Match<T>): string {
  if (index === undefined) return node.repeat === undefined ? fullName(node) : node.name
  return elementName(node, index)
}

/** What `text` means: its own name before other ways to write it, and upper and lower case last. */
export function matchOne<T extends Named>(nodes: readonly T[], text: string): Matches<T> {
  const exact = matchIn(nodes, text, false)
  if (exact.matches.length > 0 || exact.miss !== undefined) return exact
  return matchIn(nodes, text, true)
}

function matchIn<T extends Named>(nodes: readonly T[], text: string, isFolded: boolean) {
  const { single, repeated } = indexed(nodes, isFolded)
  const wanted = isFolded ? text.toLowerCase() : text
  const canonical: Match<T>[] = (single.get(wanted) ?? []).map((node) => ({ node }))
  const other: Match<T>[] = []
  const whole: Match<T>[] = []
  let miss: Miss<T> | undefined
  for (const node of repeated) {
    const meant = meantOfNode(node, wanted, isFolded)
    if (meant === undefined) continue
    if (meant.kind === 'all') whole.push({ node, isAll: true })
    else if (meant.kind !== 'element') miss ??= { node, meant }
    else (meant.isCanonical ? canonical : other).push({ node, index: meant.index })
  }
  for (const matches of [canonical, other]) {
    if (matches.length > 0) return { matches: primary(matches) }
  }
  if (miss !== undefined) return { matches: [], miss }
  return { matches: primary(whole) }
}

function meantOfNode(node: Named, text: string, isFolded: boolean): Meant | undefined {
  const { repeat } = node
  if (repeat === undefined) return undefined
  if (!isFolded) return meantOf(node, repeat, text)
  const names = repeat.names?.map((name) => name.toLowerCase())
  // `%S` is not a template: only the rest of the name is folded.
  const name = node.name.toLowerCase()
  return meantOf({ name, repeat }, names === undefined ? repeat : { ...repeat, names }, text)
}

/** Of several that have one name, the one that is not an alternate of another. */
function primary<T extends Named>(matches: readonly Match<T>[]): readonly Match<T>[] {
  if (matches.length < 2) return matches
  const own = matches.filter(({ node }) => !isAlternate(node))
  return own.length === 1 ? own : matches
}

function isAlternate(node: Named): boolean {
  return (node as Partial<Register | Cluster>).alternate !== undefined
}

/** The most elements that a pattern goes through, in one node. */
export const MOST_TRIED = 1_000_000

/** Whether the text has `*` or `?`. */
export function isPattern(text: string): boolean {
  return /[*?]/.test(text)
}

/** All that a pattern fits, in the order of the description; lazily. */
export function* matchAll<T extends Named>(
  nodes: readonly T[],
  pattern: string,
  isFolded: boolean,
): Generator<Match<T> & { tried: number }> {
  const fits = glob(pattern, isFolded)
  let tried = 0
  for (const node of nodes) {
    const { repeat } = node
    if (repeat === undefined) {
      tried++
      if (fits(node.name) || fits(fullName(node))) yield { node, tried }
      continue
    }
    // All of it, however many: the pattern need not be tried on each.
    if (fitsAll(node, pattern, fits)) {
      yield { node, isAll: true, tried }
      continue
    }
    if (!canFit(node, pattern, isFolded)) continue
    for (let index = 0; index < repeat.count && tried <= MOST_TRIED; index++) {
      tried++
      if (fits(elementName(node, index))) yield { node, index, tried }
    }
    if (tried > MOST_TRIED) yield { node, tried }
  }
}

/** Whether a pattern that ends in a star fits what all elements begin with. */
function fitsAll(node: Named, pattern: string, fits: (name: string) => boolean): boolean {
  const start =
    /^(.*?)\[?%s\]?$/.exec(node.name)?.[1] ?? (node.name.includes('%s') ? '' : node.name)
  return pattern === '*' || pattern === `${start}[*]` || (pattern.endsWith('*') && fits(start))
}

/** Whether the letters before the first wildcard can begin a name of this node. */
function canFit(node: Named, pattern: string, isFolded: boolean): boolean {
  const fold = (text: string) => (isFolded ? text.toLowerCase() : text)
  const head = fold(pattern.slice(0, pattern.search(/[*?]/)))
  const start = fold(node.name.split(/\[?%s/)[0] ?? '')
  return head.startsWith(start) || start.startsWith(head)
}

/**
 * Whether a name fits: `*` is any letters, `?` is one. Without backtracking over several stars, which
 * a hostile pattern would make take forever.
 */
export function glob(pattern: string, isFolded: boolean): (name: string) => boolean {
  const wanted = isFolded ? pattern.toLowerCase() : pattern
  return (name) => fitsGlob(wanted, isFolded ? name.toLowerCase() : name)
}

function fitsGlob(pattern: string, name: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let index = 0
  while (index < name.length) {
    const one = pattern[at]
    if (one === '*') {
      star = at++
      resume = index
    } else if (one !== undefined && (one === '?' || one === name[index])) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++resume
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
