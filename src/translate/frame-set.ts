import { presentFrame } from '../linux/pagemap.ts'

/** Bits of a frame's number by which entries are sorted out first. */
const FILTER = 0xffff

/** Frames that are looked for in page tables: millions of entries, of which hardly one is meant. */
export class FrameSet {
  readonly #frames: ReadonlySet<number>
  /** Whether a frame with these lowest bits is looked for. */
  readonly #filter = new Uint8Array(FILTER + 1)

  constructor(frames: Iterable<number>) {
    this.#frames = new Set(frames)
    for (const frame of this.#frames) this.#filter[frame % (FILTER + 1)] = 1
  }

  get size(): number {
    return this.#frames.size
  }

  /** Calls `found` for each entry, of those that `Pagemap.read` gave, that is one of the frames. */
  search(words: Uint32Array, count: number, found: (index: number, frame: number) => void): void {
    const filter = this.#filter
    for (let index = 0; index < count; index++) {
      const low = words[2 * index] as number
      if (filter[low & FILTER] === 0) continue
      const frame = presentFrame(low, words[2 * index + 1] as number)
      if (this.#frames.has(frame)) found(index, frame)
    }
  }

  /** Those from `first` on that are below `end`. */
  between(first: number, end: number): number[] {
    return [...this.#frames].filter((frame) => first <= frame && frame < end)
  }
}
