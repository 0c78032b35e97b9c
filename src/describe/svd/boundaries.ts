/** Where in an SVD file the registers of its peripherals stand, found without parsing them. */

/** A stretch of the text: from its first character to after its last. */
export interface Stretch {
  start: number
  end: number
}

/**
 * All `<registers>…</registers>`, with their tags, in order. What is in comments and CDATA is none. One
 * that does not end is left out: then the file is cut off, which its parser says.
 */
export function registersIn(text: string): Stretch[] {
  const hidden = new Hidden(text)
  const found: Stretch[] = []
  for (let at = 0; ; ) {
    const start = hidden.find('<registers', at)
    if (start < 0) return found
    const close = text.indexOf('>', start)
    if (!/^[>\s]/.test(text.charAt(start + '<registers'.length)) || text[close - 1] === '/') {
      at = start + 1
      continue
    }
    const last = hidden.find('</registers', start)
    const end = last < 0 ? -1 : text.indexOf('>', last)
    if (end < 0) return found
    found.push({ start, end: end + 1 })
    at = end
  }
}

/** Comments and CDATA of a text, gone through in order. */
class Hidden {
  readonly #text: string
  readonly #comments: Next
  readonly #literals: Next

  constructor(text: string) {
    this.#text = text
    this.#comments = new Next(text, '<!--')
    this.#literals = new Next(text, '<![CDATA[')
  }

  /** Where `what` next stands, outside of comments and CDATA; -1 where nowhere. From `at`, which only grows. */
  find(what: string, at: number): number {
    let from = at
    for (;;) {
      const found = this.#text.indexOf(what, from)
      if (found < 0) return -1
      const behind = this.#behindHidden(from, found)
      if (behind === undefined) return found
      if (behind < 0) return -1
      from = behind
    }
  }

  /** Where the comment or CDATA ends that `found` is in; undefined where it is in none. */
  #behindHidden(from: number, found: number): number | undefined {
    let at = from
    for (;;) {
      const comment = this.#comments.from(at)
      const literal = this.#literals.from(at)
      const start = Math.min(comment, literal)
      if (start > found) return undefined
      const close = start === comment ? '-->' : ']]>'
      const end = this.#text.indexOf(close, start)
      if (end < 0) return -1
      at = end + close.length
      if (at > found) return at
    }
  }
}

/** The next place of a text, looked for once. */
class Next {
  readonly #text: string
  readonly #what: string
  #found = -1

  constructor(text: string, what: string) {
    this.#text = text
    this.#what = what
  }

  /** Infinite where there is no more. */
  from(at: number): number {
    if (this.#found < at) {
      const found = this.#text.indexOf(this.#what, at)
      this.#found = found < 0 ? Number.POSITIVE_INFINITY : found
    }
    return this.#found
  }
}
