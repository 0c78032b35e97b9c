import { closeSync, openSync, readSync } from 'node:fs'
import { type PhysmemError, RefusedError } from '../base/errors.ts'
import { loadAddon } from '../engine/addon.ts'
import { systemAt } from '../engine/system-at.ts'
import type { PageEntry } from '../linux/pagemap.ts'
import type { LocalSystem } from '../linux/system.ts'
import { refusalError } from '../refusal/error.ts'
import { explainPagemapOpen, noProcess } from '../refusal/pagemap.ts'
import { EntryDecoder } from './entry-decoder.ts'
import { PresenceScan } from './presence-scan.ts'

/** Pages read by one call: 512 KiB of entries, some ms at most. */
export const CHUNK_PAGES = 65536

/** From here on it is worth a call to ask which pages are there at all. */
const SCANNED_PAGES = 512

/** Pages that follow each other. Page numbers are virtual addresses / page size. */
export interface Stretch {
  page: number
  count: number
}

/**
 * /proc/PID/pagemap of one process, open. It stays with the memory that the process had when it was
 * opened: a process of the same number, or another program in the process, is never shown.
 */
export class Pagemap {
  readonly pid: number
  readonly pageSize: number
  readonly #system: LocalSystem
  #fd: number | undefined
  #scan: PresenceScan | undefined
  readonly #decoder: EntryDecoder
  readonly #words = new Uint32Array(2)

  /** Throws RefusedError: ENOPROCESS, EKERNELTHREAD, EPERMISSION, ENOPAGEMAP, EOPEN. */
  constructor(
    pid: number,
    system: LocalSystem = systemAt(),
    decoder = new EntryDecoder(system.files),
  ) {
    this.pid = pid
    this.#system = system
    this.#decoder = decoder
    this.pageSize = loadAddon().pageSize
    try {
      this.#fd = openSync(system.at(`/proc/${pid}/pagemap`), 'r')
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
    const count = this.#readAt(page, words)
    // Both ends look the same; but a process that lives has an entry of page 0, mapped or not.
    if (count === 0 && this.#readAt(0, this.#words) === 0) throw this.gone()
    return count
  }

  #readAt(page: number, words: Uint32Array): number {
    const position = page * 8
    if (!Number.isSafeInteger(position)) return 0
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
    let done = 0
    while (done < bytes.length) {
      const count = readSync(this.#open, bytes, done, bytes.length - done, position + done)
      if (count === 0) break
      done += count
    }
    return Math.floor(done / 8)
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
    return this.#scanner().isHuge(page)
  }

  /**
   * The stretches of [page, end) in which there may be something, each at most CHUNK_PAGES long.
   * Holes are left out where the kernel tells them (PAGEMAP_SCAN, 6.7+); without it nothing is.
   */
  *populated(page: number, end: number): Generator<Stretch> {
    const scan = end - page >= SCANNED_PAGES ? this.#scanner() : undefined
    for (const { page: first, count } of scan?.stretches(page, end) ?? [
      { page, count: end - page },
    ]) {
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
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }

  get #open(): number {
    if (this.#fd !== undefined) return this.#fd
    throw new RefusedError('ECLOSED', `the pagemap of process ${this.pid} is used after close()`)
  }

  #scanner(): PresenceScan {
    this.#scan ??= new PresenceScan(this.#open, this.pageSize)
    return this.#scan
  }
}
