import type { Width } from '../base/width.ts'
import { placeAt } from '../place/at.ts'
import type { Pattern } from '../place/index.ts'
import type { Place } from '../place/schemes/index.ts'
import { counted } from '../text/count.ts'
import type { Blanks } from './blanks.ts'
import { withProgress } from './failure.ts'
import type { Stretch } from './resolve.ts'
import { type ShownAddress, shownAddress } from './shown-address.ts'
import { readStream } from './stream.ts'

/** What was found, and where. */
export interface Match {
  place: Place
  address: ShownAddress
  bytes: Uint8Array
}

export interface SearchOptions {
  width: Width
  /** It ends at so many matches. */
  max: number
  signal: AbortSignal
  /** Told of what was read. */
  blanks: Blanks
  onMatch: (match: Match) => void
  onProgress: (bytes: number) => void
}

/** Reads the stretch once, and tells of each match when it is found; overlapping ones too. */
export async function search(
  stretch: Stretch,
  pattern: Pattern,
  { max, onMatch, onProgress, ...reading }: SearchOptions,
): Promise<void> {
  const searcher = new Searcher(pattern)
  let [matches, searched] = [0, 0]
  try {
    for await (const piece of readStream(stretch, reading)) {
      if (piece.kind === 'gap') continue
      for (const { offset, bytes } of searcher.add(piece.offset, piece.bytes)) {
        const address = shownAddress(stretch.memory, stretch.address + offset)
        onMatch({ place: placeAt(stretch.place, offset), address, bytes })
        if (++matches >= max) return
      }
      searched = piece.offset + piece.bytes.length
      onProgress(searched)
    }
  } catch (error) {
    throw withProgress(error, `searched ${searched} of ${counted(stretch.length, 'byte')}`)
  }
}

/** Where a match starts, and its bytes. */
interface Found {
  offset: number
  bytes: Uint8Array
}

/** Finds a pattern in bytes that come piece by piece, across the borders of the pieces too. */
class Searcher {
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
