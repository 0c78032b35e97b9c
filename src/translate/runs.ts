import { type PageEntry, presentFrame } from '../linux/pagemap.ts'
import type { Pagemap } from './pagemap.ts'

/** What stands at the pages of a run. */
export type RunKind = PageEntry['kind']

/** Consecutive pages of which the same is to be said. */
export interface PageRun {
  /** The first page: its virtual address / page size. */
  page: number
  count: number
  kind: Exclude<RunKind, 'absent'>
  /** Of the first page, where it is in RAM. Those of the others follow it, unless `same`. */
  frame?: number
  /** All pages are in one frame, as untouched pages are in the zero page. */
  same?: true
}

/**
 * Collects the runs in entries as `Pagemap.read` gives them, and goes on where it stopped when more
 * entries follow: a run may be in several chunks.
 */
export class RunCollector {
  #open: PageRun | undefined
  readonly #done: PageRun[] = []
  readonly #decode: (low: number, high: number) => PageEntry

  constructor(decode: (low: number, high: number) => PageEntry) {
    this.#decode = decode
  }

  /** Takes `count` entries of which the first is that of `page`. */
  add(page: number, words: Uint32Array, count: number): void {
    for (let index = 0; index < count; index++) {
      const low = words[2 * index] as number
      const high = words[2 * index + 1] as number
      const frame = presentFrame(low, high)
      if (frame > 0) this.#present(page + index, frame)
      else this.#other(page + index, low, high)
    }
  }

  /** The runs that are complete. The last one is not before `end`, or before a gap. */
  take(): PageRun[] {
    return this.#done.splice(0)
  }

  /** Nothing follows: the last run is complete, too. */
  end(): PageRun[] {
    this.#finish()
    return this.take()
  }

  #present(page: number, frame: number): void {
    const run = this.#open
    if (run?.frame !== undefined && run.page + run.count === page) {
      if (run.same !== true && frame === run.frame + run.count) {
        run.count++
        return
      }
      if (frame === run.frame && (run.same === true || run.count === 1)) {
        run.count++
        run.same = true
        return
      }
    }
    this.#finish()
    this.#open = { page, count: 1, kind: 'present', frame }
  }

  #other(page: number, low: number, high: number): void {
    const run = this.#open
    const { kind } = this.#decode(low, high)
    if (kind === 'absent') {
      this.#finish()
    } else if (run?.kind === kind && run.page + run.count === page) {
      run.count++
    } else {
      this.#finish()
      this.#open = { page, count: 1, kind }
    }
  }

  #finish(): void {
    if (this.#open) this.#done.push(this.#open)
    this.#open = undefined
  }
}

/**
 * The runs of [page, end), chunk by chunk; `words` is the buffer to read into. Absent pages are in
 * none. Throws ENOPROCESS when the process ends before.
 */
export function* readRuns(
  pagemap: Pagemap,
  page: number,
  end: number,
  words: Uint32Array,
): Generator<PageRun[]> {
  const collector = new RunCollector((low, high) => pagemap.decode(low, high))
  for (const stretch of pagemap.populated(page, end)) {
    const count = pagemap.read(stretch.page, words.subarray(0, 2 * stretch.count))
    collector.add(stretch.page, words, count)
    yield collector.take()
  }
  yield collector.end()
}
