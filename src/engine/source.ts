import type { PhysmemError } from '../base/errors.ts'
import type { Refusal } from '../refusal/refusal.ts'

/** Whether a memory may be written. Opening for reading needs fewer rights, and cannot do harm. */
export const MODES = ['read', 'write'] as const

export type Mode = (typeof MODES)[number]

/**
 * Something of this machine that can be mapped: an open file or device node, and where address 0
 * of the memory lies in it. One file per kind makes these (`devmem.ts`, `file.ts`, `pci.ts`,
 * `uio.ts`); `mapped.ts` and `window.ts` use them.
 */
export interface MapSource {
  /** How a person names it, for example `/dev/mem` or `pci:0000:00:04.0/bar0`. */
  readonly name: string
  readonly fd: number
  readonly mode: Mode
  /** File offset of address 0. Not necessarily a multiple of the page size. */
  readonly base: number
  /** Bytes from address 0 that exist, or `undefined` when only an access can tell. */
  readonly length: number | undefined
  /** A regular file can shrink while it is mapped; the engine then looks at its size again. */
  readonly regularFile: boolean
  /**
   * The file offset names a map, not a place in it (drivers/uio), or nobody knows what it means: it is
   * always mapped from `base` on, in one piece, and where the length is not known as far as needed.
   */
  readonly wholeOnly?: boolean
  /**
   * Why what is mapped must not be accessed any more although it still is mapped, or `undefined`: looks
   * each time. Absent for what the kernel unmaps by itself.
   */
  lost?(): PhysmemError | undefined
  /** Why mmap was refused at this address. `errno` is a name such as `EPERM`. */
  explain(errno: string, address: number): Refusal
  close(): void
}
