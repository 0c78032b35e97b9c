import { quote } from '../../text/refuse.ts'
import type { Notes } from '../notes.ts'
import { child, textOf, type XmlElement } from '../xml/tree.ts'
import { parseLiteral } from './numbers.ts'
import { lookUp } from './words.ts'

/** An element that describes something, and how what is wrong in it is reported. */
export class Part {
  readonly element: XmlElement
  readonly path: string
  readonly notes: Notes

  constructor(element: XmlElement, path: string, notes: Notes) {
    this.element = element
    this.path = path
    this.notes = notes
  }

  error(code: string, message: string, at: XmlElement = this.element): void {
    this.notes.error(code, this.path, at, message)
  }

  warning(code: string, message: string, at: XmlElement = this.element): void {
    this.notes.warning(code, this.path, at, message)
  }

  text(name: string): string | undefined {
    return textOf(this.element, name)
  }

  /**
   * A number up to `max`. `undefined` where there is none, and for what is none, which is reported.
   */
  number(name: string, max: bigint | number, from = this.element): bigint | undefined {
    const found = child(from, name)
    return found === undefined || found.text === '' ? undefined : this.literal(found, max)
  }

  /** The same in an element itself. */
  literal(found: XmlElement, max: bigint | number): bigint | undefined {
    const { name } = found
    const value = parseLiteral(found.text)
    if (value === undefined) {
      const what = `${name}: ${quote(found.text)} is an expression or no number`
      this.error('expression', `${what}: only literals are read`, found)
    } else if (value > BigInt(max)) {
      this.error('value', `${name}: 0x${value.toString(16)} is too large`, found)
    } else return value
    return undefined
  }

  /** The same of what must be there. */
  needed(name: string, max: bigint | number): bigint | undefined {
    const found = child(this.element, name)
    if (found === undefined || found.text === '') this.error('missing', `it has no <${name}>`)
    return this.number(name, max)
  }

  /** What a table says of the word in an element; an unknown one is reported. */
  word<T>(name: string, table: Readonly<Record<string, T>>, from = this.element): T | undefined {
    const found = child(from, name)
    if (found === undefined || found.text === '') return undefined
    const value = lookUp(table, found.text)
    if (value !== undefined) return value
    const known = Object.keys(table).join(', ')
    const message = `${name}: expected one of ${known}, got ${quote(found.text)}: it is ignored`
    this.warning('value', message, found)
    return undefined
  }

  /** `<isPresent>` (2014): whether it is there. An expression is reported, and the part is kept. */
  get isPresent(): boolean {
    const found = child(this.element, 'isPresent')
    if (found === undefined || found.text === '') return true
    const value = parseLiteral(found.text)
    if (value !== undefined) return value !== 0n
    const what = `isPresent: ${quote(found.text)} is an expression`
    this.warning('expression', `${what}: it is taken as present`, found)
    return true
  }
}
