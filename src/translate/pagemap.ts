import { type PhysmemError, RefusedError } from '../base/errors.ts'
import { systemAt } from '../engine/system-at.ts'
import type { PageEntry } from '../linux/pagemap.ts'
import type { PagedSystem } from '../linux/system.ts'
import type { Stretch, WordFile } from '../linux/word-file.ts'
import { refusalError } from '../refusal/error.ts'
import { explainPagemapOpen, noProcess } from '../refusal/pagemap.ts'
import { CHUNK_PAGES } from './asking.ts'
import { EntryDecoder } from './entry-decoder.ts'

/**
 * /proc/PID/pagemap of one process, open. It stays with the memory that the process had when it was
 * opened: a process of the same number, or another program in the process, is never shown.
 */
export class Pagemap {
  readonly pid: number
  readonly pageSize: number
  readonly #system: PagedSystem
  #file: WordFile | undefined
  readonly #decoder: EntryDecoder
  readonly #words = new Uint32Array(2)

  /** Throws RefusedError: ENOPROCESS, EKERNELTHREAD, EPERMISSION, ENOPAGEMAP, EOPEN. */
  constructor(pid: number, system: PagedSystem = systemAt(), decoder = new EntryDecoder(system)) {
    this.pid = pid
    this.#system = system
    this.#decoder = decoder
    this.pageSize = system.pageSize
    try {
      this.#file = system.openWords(`/proc/${pid}/pagemap`)
    } catch (cause) {
      const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
      const what = `the memory of process ${pid} cannot be looked up`
      const refusal = explainPagemapOpen(errno, pid, system.now())
      throw refusalError(what, refusal, { pid, errno }, { cause })
    }
  }

  /**
   * Reads entries of consecutive pages into `words`, two 32-bit halves each, the lower first.
   * Returns how many: fewer than fit, or none, where user addresses end. Throws ENOPROCESS when the
   * process has ended.
   */
  read(page: number, words: Uint32Array): number {
    const count = this.#open.read(page, words)
    // Both ends look the same; but a process that lives has an entry of page 0, mapped or not.
    if (count === 0 && this.#open.read(0, this.#words) === 0) throw this.gone()
    return count
  }

  /** The entry of one page: absent where user addresses have ended. Throws as `read`. */
  entry(page: number): PageEntry {
    if (this.read(page, this.#words) === 0) return this.decode(0, 0)
    return this.decode(this.#words[0] as number, this.#words[1] as number)
  }

  /** What an entry means to the running kernel. */
  decode(low: number, high: number): PageEntry {
    return this.#decoder.decode(low, high)
  }

  /**
   * Whether a page is mapped by one entry for many, as the kernel tells it (6.7+); `undefined` where
   * it does not.
   */
  isHuge(page: number): boolean | undefined {
    return this.#open.isHuge(page)
  }

  /**
   * The stretches of [page, end) in which there may be something, each at most CHUNK_PAGES long.
   * Holes are left out where the kernel tells them (PAGEMAP_SCAN, 6.7+); without it nothing is.
   */
  *populated(page: number, end: number): Generator<Stretch> {
    for (const { page: first, count } of this.#open.populated(page, end)) {
      for (let at = first; at < first + count; at += CHUNK_PAGES) {
        yield { page: at, count: Math.min(CHUNK_PAGES, first + count - at) }
      }
    }
  }

  /** The error of a process whose memory is gone. */
  gone(): PhysmemError {
    const { pid } = this
    const what = `the memory of process ${pid} cannot be looked up`
    const refusal = noProcess(pid, this.#system.now())
    return refusalError(what, refusal, { pid })
  }

  close(): void {
    this.#file?.close()
    this.#file = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }

  get #open(): WordFile {
    if (this.#file !== undefined) return this.#file
    throw new RefusedError('ECLOSED', `the pagemap of process ${this.pid} is used after close()`)
  }
}
