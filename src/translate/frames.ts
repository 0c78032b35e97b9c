import { PhysmemError } from '../base/errors.ts'
import { credibleFlagNames, type KsmTrust, readKsmTrust } from '../linux/ksm.ts'
import { nodeAt, readNumaBlocks } from '../linux/numa.ts'
import { hasPageFlag } from '../linux/page-flag-bits.ts'
import type { FrameFile, FrameFileName } from '../linux/page-frames.ts'
import type { PagedSystem } from '../linux/system.ts'
import { openFrameFile } from '../refusal/frame-files.ts'
import { CgroupPaths } from './cgroups.ts'

/** Pages that the kernel keeps as one. */
export interface Compound {
  /** Frame of the first page. */
  head: number
  /** Bytes of all. */
  size: number
}

/** The largest that there are: 16 GiB in pages of 4 KiB. */
const LARGEST_COMPOUND = 1 << 22
const STEP = 512

/**
 * What the kernel says of frames, as far as this user may know it. A file that cannot be opened is
 * asked only once; its facts are `undefined`, and `refusals` says why.
 */
export class Frames {
  readonly refusals: PhysmemError[] = []
  readonly #system: PagedSystem
  readonly #pageSize: number
  readonly #files = new Map<FrameFileName, FrameFile | undefined>()
  readonly #cgroups: CgroupPaths
  #ksm: KsmTrust | undefined
  #blocks: ReturnType<typeof readNumaBlocks> | 'unread' = 'unread'

  constructor(pageSize: number, system: PagedSystem) {
    this.#system = system
    this.#pageSize = pageSize
    this.#cgroups = new CgroupPaths(system.files)
  }

  /** The flags as the kernel has them; `undefined` where they cannot be read, or for no RAM. */
  flags(frame: number): bigint | undefined {
    return this.#read('kpageflags', frame)
  }

  /** Their names, as page-types has them; `KSM?` where the kernel cannot be believed. */
  flagNames(frame: number): string[] | undefined {
    const flags = this.flags(frame)
    if (flags === undefined) return undefined
    this.#ksm ??= readKsmTrust(this.#system.files)
    return credibleFlagNames(flags, this.#ksm)
  }

  /** How often the frame is mapped by processes. */
  mapCount(frame: number): number | undefined {
    const count = this.#read('kpagecount', frame)
    // What is not RAM has a count of 0; a count of a driver's own can be anything.
    return count === undefined || count > 2n ** 31n ? undefined : Number(count)
  }

  /** The cgroup that the frame is charged to, below /sys/fs/cgroup; `undefined` for none. */
  cgroup(frame: number): string | undefined {
    const inode = this.#read('kpagecgroup', frame)
    return inode === undefined || inode === 0n ? undefined : this.#cgroups.path(inode)
  }

  /** The NUMA node; `undefined` without NUMA, or for no RAM. */
  node(frame: number): number | undefined {
    if (this.#blocks === 'unread') this.#blocks = readNumaBlocks(this.#system.files)
    return nodeAt(this.#blocks, frame * this.#pageSize)
  }

  /** The compound page that a frame is part of; `undefined` for a page of its own. */
  compound(frame: number): Compound | undefined {
    const file = this.#file('kpageflags')
    const flags = this.flags(frame)
    if (file === undefined || flags === undefined) return undefined
    if (hasPageFlag(flags, 'COMPOUND_HEAD')) return this.#sizeFrom(file, frame)
    if (!hasPageFlag(flags, 'COMPOUND_TAIL')) return undefined
    for (let end = frame; end > 0 && frame - end < LARGEST_COMPOUND; end -= STEP) {
      const first = Math.max(0, end - STEP)
      const run = file.readRun(first, end - first)
      const head = run.findLastIndex((one) => hasPageFlag(one, 'COMPOUND_HEAD'))
      if (head >= 0) return this.#sizeFrom(file, first + head)
    }
    return undefined
  }

  close(): void {
    for (const file of this.#files.values()) file?.close()
    this.#files.clear()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** A compound page has a power of two of pages; the next may be the tail of nothing else. */
  #sizeFrom(file: FrameFile, head: number): Compound {
    let pages = 1
    for (let at = head + 1; at - head < LARGEST_COMPOUND; at += STEP) {
      const run = file.readRun(at, STEP)
      const other = run.findIndex((one) => !hasPageFlag(one, 'COMPOUND_TAIL'))
      pages = at - head + (other < 0 ? run.length : other)
      if (other >= 0 || run.length < STEP) break
    }
    return { head, size: pages * this.#pageSize }
  }

  #read(name: FrameFileName, frame: number): bigint | undefined {
    return this.#file(name)?.read(frame)
  }

  #file(name: FrameFileName): FrameFile | undefined {
    if (!this.#files.has(name)) this.#files.set(name, this.#open(name))
    return this.#files.get(name)
  }

  #open(name: FrameFileName): FrameFile | undefined {
    try {
      return openFrameFile(name, this.#system)
    } catch (error) {
      if (!(error instanceof PhysmemError)) throw error
      this.refusals.push(error)
      return undefined
    }
  }
}
