/** XML as a tree of elements with their places, within bounds. */
import { SaxesParser } from 'saxes'
import { counted } from '../../text/count.ts'
import { clip } from '../../text/refuse.ts'
import type { Position } from '../model.ts'
import { notDescribing } from '../notes.ts'

export interface XmlElement extends Position {
  /** Without the prefix of its namespace. */
  name: string
  attributes: Readonly<Record<string, string>>
  /** Without blanks around it; of what has elements in it nothing that counts. */
  text: string
  children: readonly XmlElement[]
}

interface Growing extends XmlElement {
  children: Growing[]
}

/** UTF-16 units; more than any description that is known. */
const LONGEST = 64 * 1024 * 1024
const MOST_ELEMENTS = 4_000_000
/** Deeper than any description, so that what walks it by recursion has a bound. */
const DEEPEST = 200

/**
 * The root of an XML text. Throws ESYNTAX, with file, line and column, for what is not well-formed or
 * cut off, too long or too deep, and for a document type: nothing that one declares is ever expanded.
 */
export function parseXmlTree(text: string, file: string): XmlElement {
  const fail = (message: string, at: Position = { line: 1, column: 1 }): never => {
    throw notDescribing(file, message, at)
  }
  if (text.length > LONGEST) fail(`it has more than ${LONGEST / 2 ** 20} MiB of text`)
  const parser = new SaxesParser({ position: true })
  const open: Growing[] = []
  let root: Growing | undefined
  let count = 0
  const here = (back = 0): Position => ({
    line: parser.line,
    column: Math.max(parser.column - back, 1),
  })
  parser.on('opentagstart', ({ name }) => {
    count += 1
    const at = here(name.length + 1)
    if (count > MOST_ELEMENTS) fail(`it has more than ${counted(MOST_ELEMENTS, 'element')}`, at)
    if (open.length >= DEEPEST) fail(`elements nest more than ${DEEPEST} deep`, at)
    const local = name.slice(name.indexOf(':') + 1)
    const element: Growing = { name: local, attributes: {}, text: '', children: [], ...at }
    open.at(-1)?.children.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('opentag', ({ attributes }) => {
    const element = open.at(-1)
    if (element !== undefined) element.attributes = attributes as Record<string, string>
  })
  parser.on('closetag', () => {
    const element = open.pop()
    if (element !== undefined) element.text = element.text.trim()
  })
  const add = (more: string) => {
    const element = open.at(-1)
    if (element !== undefined && element.children.length === 0) element.text += more
  }
  parser.on('text', add)
  parser.on('cdata', add)
  parser.on('doctype', () =>
    fail('a document type (<!DOCTYPE) is refused, since no description needs its entities', here()),
  )
  parser.on('error', ({ message: said }) => {
    const last = open.at(-1)
    const reason = said.replace(/^\d+:\d+: /, '').replace(/\.$/, '')
    if (last !== undefined && parser.position >= text.trimEnd().length)
      fail(`the file is cut off: it ends within <${clip(last.name)}> of line ${last.line}`, here())
    fail(`this is not well-formed XML: ${reason}`, here())
  })
  parser.write(text.replace(/^\ufeff/, '')).close()
  return root ?? fail('expected an XML text, but it is empty')
}

export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((one) => one.name === name)
}

export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element === undefined ? [] : element.children.filter((one) => one.name === name)
}

/** The text of the first element of this name; `undefined` where there is none, or an empty one. */
export function textOf(element: XmlElement, name: string): string | undefined {
  return child(element, name)?.text || undefined
}

/** The same on one line. */
export function wordsOf(element: XmlElement, name: string): string | undefined {
  return textOf(element, name)?.replace(/\s+/g, ' ')
}
