/** XML as a tree, of as much of a text as is asked for. */
import { SaxesParser } from 'saxes'
import type { Stretch } from './boundaries.ts'

/** An element, with its position in the text. */
export interface Element {
  name: string
  /** Where in the text its start tag ends; see `startOf`. */
  behind: number
  /** Without blanks around it; of what has elements in it nothing that counts. */
  text: string
  children: Element[]
  parent?: Element
  derivedFrom?: string
  /** Where in the text it is: its inside is not parsed yet. */
  unparsed?: Stretch
}

/** What is not XML. */
export interface Malformed {
  /** In the text. */
  offset: number
  /** What the parser says. */
  reason: string
}

/** A tree, and what ended it early. */
export interface Parsed {
  root?: Element
  malformed?: Malformed
  /** What `<!DOCTYPE` says: entities may be declared in it. */
  doctype?: { text: string; offset: number }
  /** Elements that the text ends in. */
  open: readonly Element[]
}

const NONE: Element[] = []

/** An entity is looked for up to its `;`: where there is none, to the end of the text. */
const LONE_AMPERSAND = 'a lone &, expected &amp;'

function loneAmpersand(text: string, from: number): number {
  const found = text.slice(from).search(/&(?!(?:[a-zA-Z]+|#[0-9]+|#x[0-9a-fA-F]+);)/)
  return found < 0 ? -1 : from + found
}

class Stop extends Error {}

/**
 * The tree of a text, of which the insides of `left` are not parsed. It ends at the first mistake, and
 * at a document type: nothing that one declares is ever expanded. `base` is added to all offsets.
 */
export function parseXml(text: string, left: readonly Stretch[] = [], base = 0): Parsed {
  const parser = new SaxesParser({ position: false })
  const parsed: Parsed = { open: [] }
  const open: Element[] = []
  /** What is to be added to the parser's position. */
  let skipped = 0
  let top: Element | undefined
  parser.on('opentag', ({ name, attributes }) => {
    const behind = base + parser.position + skipped
    const element: Element = { name, behind, text: '', children: NONE }
    if (top === undefined) parsed.root = element
    else {
      element.parent = top
      if (top.children === NONE) top.children = [element]
      else top.children.push(element)
    }
    const { derivedFrom } = attributes as { derivedFrom?: string }
    if (derivedFrom !== undefined) element.derivedFrom = derivedFrom.trim()
    open.push(element)
    top = element
  })
  parser.on('closetag', () => {
    const element = open.pop()
    if (element !== undefined && element.text !== '') element.text = element.text.trim()
    top = open.at(-1)
  })
  const add = (more: string) => {
    if (top !== undefined && top.children === NONE) top.text += more
  }
  parser.on('text', add)
  parser.on('cdata', add)
  parser.on('doctype', (said) => {
    const offset = base + text.indexOf('<!DOCTYPE')
    parsed.doctype = { text: said.trim(), offset }
    throw new Stop()
  })
  parser.on('error', ({ message: said }) => {
    const last = (open.at(-1)?.behind ?? base) - base
    const alone = parser.position + skipped < text.length ? -1 : loneAmpersand(text, last)
    if (alone >= 0) parsed.malformed = { offset: base + alone, reason: LONE_AMPERSAND }
    else
      parsed.malformed = {
        offset: base + parser.position + skipped,
        reason: said.replace(/\.$/, ''),
      }
    parsed.open = [...open]
    throw new Stop()
  })
  try {
    let at = 0
    for (const stretch of left) {
      const inside = text.indexOf('>', stretch.start) + 1
      parser.write(text.slice(at, inside))
      if (top !== undefined) top.unparsed = stretch
      at = text.lastIndexOf('<', stretch.end - 1)
      skipped += at - inside
    }
    parser.write(text.slice(at))
    parsed.open = [...open]
    parser.close()
  } catch (error) {
    if (!(error instanceof Stop)) throw error
  }
  return parsed
}

/** Where the start tag of an element begins: looked for when it is asked for, since few are. */
export function startOf(text: string, { behind }: Element): number {
  return text.lastIndexOf('<', behind - 2)
}

/** The first element of this name within another one. */
export function child(element: Element, name: string): Element | undefined {
  if (element.children.length <= FEW) {
    for (const one of element.children) if (one.name === name) return one
    return undefined
  }
  let first = firsts.get(element.children)
  if (first === undefined) {
    first = new Map()
    for (const one of element.children) if (!first.has(one.name)) first.set(one.name, one)
    firsts.set(element.children, first)
  }
  return first.get(name)
}

/** So many are gone through faster than they are looked up. */
const FEW = 32

/** The first of each name, of elements that have many: else a hostile file makes each look-up long. */
const firsts = new WeakMap<readonly Element[], Map<string, Element>>()

/** The text of the first element of this name; undefined where there is none, or an empty one. */
export function textOf(element: Element, name: string): string | undefined {
  const text = child(element, name)?.text
  return text === '' ? undefined : text
}
