import { PhysmemError } from '../../base/errors.ts'
import { hasPageFlag } from '../../linux/page-flags.ts'
import type { FrameFile } from '../../linux/page-frames.ts'
import type { LocalSystem } from '../../linux/system.ts'
import { openFrameFile } from '../../refusal/frame-files.ts'

/** Pages in whose place fs/proc/kcore.c, read_kcore_iter() shows zeros, and what to say of them. */
const REASONS: readonly (readonly [flag: string, reason: string])[] = [
  ['HWPOISON', 'the page is broken (HWPOISON), and the kernel shows zeros in its place'],
  [
    'OFFLINE',
    'the page was given back to the hypervisor (OFFLINE), and the kernel shows zeros in its place',
  ],
  ['NOPAGE', 'the kernel has taken the page offline (NOPAGE), and shows zeros in its place'],
]

/** Tells zeros that are in RAM from those that the kernel shows instead of a page. */
export class HiddenPages {
  /** Why it cannot tell: /proc/kpageflags cannot be read. */
  readonly unknown: string | undefined
  readonly #flags: FrameFile | undefined
  readonly #pageBytes: number
  readonly #zeros: Uint8Array

  constructor(system: LocalSystem, pageBytes: number) {
    this.#pageBytes = pageBytes
    this.#zeros = new Uint8Array(pageBytes)
    try {
      this.#flags = openFrameFile('kpageflags', system)
    } catch (error) {
      if (!(error instanceof PhysmemError)) throw error
      this.unknown = error.message
    }
  }

  /**
   * The first address in what was read from `address` on that is not in RAM, and why; `undefined`
   * when all of it is, or that is unknown. A page of which anything is not zero is not asked for.
   */
  find(address: number, bytes: Uint8Array): { address: number; reason: string } | undefined {
    if (this.#flags === undefined) return undefined
    const page = this.#pageBytes
    const end = address + bytes.length
    for (let at = address; at < end; at = (Math.floor(at / page) + 1) * page) {
      const next = Math.min((Math.floor(at / page) + 1) * page, end)
      if (!this.#isZero(bytes.subarray(at - address, next - address))) continue
      const flags = this.#flags.read(Math.floor(at / page)) ?? 0n
      const known = REASONS.find(([flag]) => hasPageFlag(flags, flag))
      if (known) return { address: at, reason: known[1] }
    }
    return undefined
  }

  close(): void {
    this.#flags?.close()
  }

  #isZero(bytes: Uint8Array): boolean {
    return Buffer.compare(bytes, this.#zeros.subarray(0, bytes.length)) === 0
  }
}
