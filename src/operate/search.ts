import type { Pattern } from '../place/index.ts'

/** A match: where it starts, and its bytes. */
export interface Found {
  offset: number
  bytes: Uint8Array
}

/** Finds a pattern in bytes that come piece by piece, across the borders of the pieces too. */
export class Searcher {
  readonly #pattern: Pattern
  /** The longest run of bytes that must be equal, which is looked for first. */
  readonly #needle: Uint8Array
  readonly #needleAt: number
  /** The end of what came before, in which a match may have begun. */
  #tail = new Uint8Array(0)

  constructor(pattern: Pattern) {
    this.#pattern = pattern
    const { start, length } = longestExact(pattern)
    this.#needleAt = start
    this.#needle = pattern.bytes.slice(start, start + length)
  }

  /** The matches that end in these bytes, which follow on the last; overlapping ones too. */
  *add(offset: number, bytes: Uint8Array): Generator<Found> {
    const { length } = this.#pattern.bytes
    // The border first, in a small buffer, so that no large one is copied.
    const head = bytes.subarray(0, length - 1)
    const border = Buffer.concat([this.#tail, head])
    const start = offset - this.#tail.length
    for (const at of this.#matches(border)) {
      if (at < this.#tail.length) yield this.#found(border, at, start)
    }
    const rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (const at of this.#matches(rest)) yield this.#found(rest, at, offset)
    const kept = bytes.length >= length - 1 ? bytes : border
    this.#tail = new Uint8Array(kept.subarray(Math.max(0, kept.length - (length - 1))))
  }

  #found(bytes: Uint8Array, at: number, offset: number): Found {
    const end = at + this.#pattern.bytes.length
    return { offset: offset + at, bytes: new Uint8Array(bytes.subarray(at, end)) }
  }

  *#matches(haystack: Buffer): Generator<number> {
    const last = haystack.length - this.#pattern.bytes.length
    for (let at = 0; at <= last; at++) {
      if (this.#needle.length > 0) {
        const found = haystack.indexOf(this.#needle, at + this.#needleAt)
        if (found < 0) return
        at = found - this.#needleAt
        if (at > last) return
      }
      if (this.#isAt(haystack, at)) yield at
    }
  }

  #isAt(haystack: Uint8Array, at: number): boolean {
    const { bytes, mask } = this.#pattern
    for (let i = 0; i < bytes.length; i++) {
      if (((haystack[at + i] as number) & (mask[i] as number)) !== bytes[i]) return false
    }
    return true
  }
}

function longestExact({ mask }: Pattern): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < mask.length; start++) {
    let end = start
    while (mask[end] === 0xff) end++
    if (end - start > best.length) best = { start, length: end - start }
  }
  return best
}
