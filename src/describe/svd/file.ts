/** A file as it is read: its tree, made where it is asked for, and what is found wrong in it. */
import { LineIndex } from '../line-index.ts'
import type { Issue, Position } from '../model.ts'
import { type Element, type Malformed, parseXml, startOf } from './xml.ts'

/** What is wrong, and whether a part is left out for it. */
export interface Fault {
  code: string
  severity: Issue['severity']
  message: string
}

/** A mistake for which a part is left out. */
export function left(code: string, message: string): Fault {
  return { code, severity: 'error', message }
}

/** What is doubtful, and was read as the message says. */
export function doubtful(code: string, message: string): Fault {
  return { code, severity: 'warning', message }
}

/** So many issues are kept: a file of nothing else has a bound, too. */
const MOST_ISSUES = 10_000

export class SvdFile {
  readonly name: string
  readonly text: string
  readonly #lines: LineIndex
  readonly #issues = new Map<string, Issue & { offset: number }>()
  #sorted: Issue[] | undefined
  readonly #parts = new Map<object, Element>()

  constructor(name: string, text: string) {
    this.name = name
    this.text = text
    this.#lines = new LineIndex(text)
  }

  position(offset: number) {
    return this.#lines.at(offset)
  }

  /** Keeps where a part of the model stands; gives that part. */
  keep<T extends object>(part: T, element: Element): T {
    this.#parts.set(part, element)
    return part
  }

  /** Where a part that was kept stands. */
  positionOf(part: object): Position | undefined {
    const element = this.#parts.get(part)
    return element === undefined ? undefined : this.position(startOf(this.text, element))
  }

  /** Notes what is wrong with an element; once, however many blocks derive from it. */
  report(fault: Fault, path: string, at: Element | Malformed): void {
    const offset = 'behind' in at ? startOf(this.text, at) : at.offset
    const key = `${offset} ${fault.code} ${fault.message}`
    if (this.#issues.has(key) || this.#issues.size >= MOST_ISSUES) return
    const where = { ...this.position(offset), offset }
    this.#issues.set(key, { ...fault, ...where, path, file: this.name })
    this.#sorted = undefined
  }

  /** In the order of the file. */
  get issues(): readonly Issue[] {
    this.#sorted ??= [...this.#issues.values()]
      .sort((one, other) => one.offset - other.offset)
      .map(({ offset: _, ...issue }) => issue)
    return this.#sorted
  }

  /** What is in `<registers>`, parsed when first asked for. */
  contentsOf(registers: Element, path: string): readonly Element[] {
    const { unparsed } = registers
    if (unparsed === undefined) return registers.children
    delete registers.unparsed
    const { start, end } = unparsed
    const { root, malformed, open } = parseXml(this.text.slice(start, end), [], start)
    if (malformed !== undefined) {
      const what = `this is not well-formed XML: ${malformed.reason}`
      const cut = 'what follows in this block is left out'
      this.report(left('malformed-xml', `${what}; ${cut}`), path, malformed)
    }
    // What was not yet closed where the mistake is, is not whole.
    const whole = (root?.children ?? []).filter((one) => !open.includes(one))
    for (const one of whole) one.parent = registers
    registers.children = whole
    return whole
  }
}
