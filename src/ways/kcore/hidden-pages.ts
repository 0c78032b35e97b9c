import { PhysmemError } from '../../base/errors.ts'
import { after, attempt, type Pending } from '../../base/pending.ts'
import type { AccessFile, FileOpener } from '../../engine/access-file.ts'
import { hasPageFlag } from '../../linux/page-flag-bits.ts'
import { frameFileFailure } from '../../linux/page-frames.ts'
import { frameFileRefused } from '../../refusal/frame-files.ts'

/** Pages in whose place fs/proc/kcore.c, read_kcore_iter() shows zeros, and what to say of them. */
const REASONS: readonly (readonly [flag: string, reason: string])[] = [
  ['HWPOISON', 'the page is broken (HWPOISON), and the kernel shows zeros in its place'],
  [
    'OFFLINE',
    'the page was given back to the hypervisor (OFFLINE), and the kernel shows zeros in its place',
  ],
  ['NOPAGE', 'the kernel has taken the page offline (NOPAGE), and shows zeros in its place'],
]

const FLAGS = 'kpageflags'
const FLAGS_BYTES = 8

/** An address whose byte is not in RAM, and why. */
export interface Hidden {
  address: number
  reason: string
}

/** Tells zeros that are in RAM from those that the kernel shows instead of a page. */
export class HiddenPages {
  /** Why it cannot tell: /proc/kpageflags cannot be read. */
  readonly unknown: string | undefined
  readonly #flags: AccessFile | undefined
  readonly #pageBytes: number
  readonly #zeros: Uint8Array

  private constructor(flags: AccessFile | PhysmemError, pageBytes: number) {
    this.#pageBytes = pageBytes
    this.#zeros = new Uint8Array(pageBytes)
    if (flags instanceof PhysmemError) this.unknown = flags.message
    else this.#flags = flags
  }

  static async open(opener: FileOpener, pageBytes: number): Promise<HiddenPages> {
    const opened = await opener.openFile(`/proc/${FLAGS}`, 'read')
    if (!('errno' in opened)) return new HiddenPages(opened, pageBytes)
    const { errno, cause } = opened
    const refused = await opener.look((system) => frameFileRefused(errno, FLAGS, system, cause))
    return new HiddenPages(refused, pageBytes)
  }

  /**
   * The first address in what was read from `address` on that is not in RAM, and why; `undefined`
   * when all of it is, or that is unknown. Where no page is all zeros the kernel is not asked.
   */
  find(address: number, bytes: Uint8Array): Pending<Hidden | undefined> {
    const pages = this.#flags ? this.#zeroPages(address, bytes) : []
    const [first, last] = [pages[0], pages.at(-1)]
    if (first === undefined || last === undefined) return undefined
    return after(this.#readFlags(first, last - first + 1), (flags) => {
      for (const page of pages) {
        const own = flags[page - first] ?? 0n
        const known = REASONS.find(([flag]) => hasPageFlag(own, flag))
        const start = page * this.#pageBytes
        if (known) return { address: Math.max(address, start), reason: known[1] }
      }
      return undefined
    })
  }

  close(): Pending<void> {
    return this.#flags?.close()
  }

  /** The pages of which all that was read is zero. */
  #zeroPages(address: number, bytes: Uint8Array): number[] {
    const size = this.#pageBytes
    const end = address + bytes.length
    const pages: number[] = []
    for (let page = Math.floor(address / size); page * size < end; page++) {
      const from = Math.max(address, page * size) - address
      const part = bytes.subarray(from, (page + 1) * size - address)
      if (Buffer.compare(part, this.#zeros.subarray(0, part.length)) === 0) pages.push(page)
    }
    return pages
  }

  /** Those of the frames that the kernel knows. */
  #readFlags(first: number, count: number): Pending<BigUint64Array> {
    const bytes = new Uint8Array(count * FLAGS_BYTES)
    const file = this.#flags as AccessFile
    const done = attempt(
      () => file.read(bytes, first * FLAGS_BYTES),
      (error) => {
        if (error instanceof PhysmemError) throw error
        throw frameFileFailure(FLAGS, 'read', error)
      },
    )
    return after(
      done,
      (length) => new BigUint64Array(bytes.buffer, 0, Math.floor(length / FLAGS_BYTES)),
    )
  }
}
