/** What an element says in numbers and words, checked: an issue where it cannot be read. */
import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { quote } from '../../text/refuse.ts'
import { type Chain, said } from './derive.ts'
import { doubtful, left, type SvdFile } from './file.ts'
import { hasLeadingZeros, parseNumber } from './numbers.ts'

/** What is said of one element, with its place for issues. */
export class Said {
  readonly file: SvdFile
  readonly chain: Chain
  /** What it is about: `UART0.CR`. */
  readonly path: string

  constructor(file: SvdFile, chain: Chain, path: string) {
    this.file = file
    this.chain = chain
    this.path = path
  }

  /** The number of this name. Undefined where none is given, or none that can be read (an issue). */
  number(name: string): bigint | undefined {
    const element = said(this.chain, name)
    if (element === undefined) return undefined
    const value = parseNumber(element.text)
    if (value === undefined) {
      this.file.report(
        left('not-a-number', `${name} is not a number: ${quote(element.text)}`),
        this.path,
        element,
      )
    } else if (hasLeadingZeros(element.text)) {
      const meant = `${quote(element.text)} is read as the decimal ${value}`
      this.file.report(doubtful('leading-zeros', `${name} ${meant}`), this.path, element)
    }
    return value
  }

  /** A number of bytes, bits or elements up to `most`. Otherwise an issue, and undefined. */
  small(name: string, most = ADDRESS_LIMIT - 1): number | undefined {
    const value = this.number(name)
    if (value === undefined || value <= BigInt(most)) return toNumber(value)
    this.fault('too-large', `${name} is ${value}: the most is ${most}`, name)
    return undefined
  }

  /** Whether something of this name is said, be it readable or not. */
  has(name: string): boolean {
    return said(this.chain, name) !== undefined
  }

  /** A part is left out; the position is that of what has this name. */
  fault(code: string, message: string, name = ''): void {
    this.file.report(left(code, message), this.path, this.#at(name))
  }

  /** Something is doubtful. */
  doubt(code: string, message: string, name = ''): void {
    this.file.report(doubtful(code, message), this.path, this.#at(name))
  }

  #at(name: string) {
    return said(this.chain, name) ?? this.chain[0]
  }

  /** What a word means. Undefined where none is given, or one that means nothing (an issue). */
  word<T>(name: string, meaning: (text: string) => T | undefined): T | undefined {
    const element = said(this.chain, name)
    if (element === undefined) return undefined
    const meant = meaning(element.text)
    if (meant === undefined) {
      this.fault(
        'unknown-word',
        `${name} is not a word of the format: ${quote(element.text)}`,
        name,
      )
    }
    return meant
  }
}

function toNumber(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value)
}
