import { RefusedError } from '../base/errors.ts'
import { checkKind, NATURAL } from '../text/options.ts'
import { FdWords } from './fd-words.ts'
import type { LocalSystem, PagedSystem } from './system.ts'
import { PAGED_SYSTEM } from './system-kinds.ts'
import type { WordFile } from './word-file.ts'

/** The files that say something of every frame: 64 bits each, at frame × 8. */
export type FrameFileName = 'kpageflags' | 'kpagecount' | 'kpagecgroup'

const FRAME_FILES: readonly FrameFileName[] = ['kpageflags', 'kpagecount', 'kpagecgroup']

/**
 * One of /proc/kpageflags, kpagecount and kpagecgroup, open. They need root (mode 0400) and
 * nothing else: no capability, and no lockdown forbids them. A kernel without
 * CONFIG_PROC_PAGE_MONITOR has none of them; kpagecgroup needs CONFIG_MEMCG, too.
 */
export class FrameFile {
  readonly name: FrameFileName
  #file: WordFile | undefined

  /** Throws RefusedError EPERMISSION or EOPEN. */
  constructor(name: FrameFileName)
  /** @internal Of a machine that this is not. */
  constructor(name: FrameFileName, system?: PagedSystem)
  constructor(name: FrameFileName, system?: PagedSystem) {
    checkKind('name', name, FRAME_FILES)
    if (system !== undefined) checkKind('system', system, PAGED_SYSTEM)
    this.name = name
    const path = `/proc/${name}`
    try {
      this.#file = system?.openWords(path) ?? new FdWords(path)
    } catch (error) {
      throw frameFileFailure(name, 'opened', error)
    }
  }

  /** The value of one frame; `undefined` beyond the last that the kernel knows. */
  read(frame: number): bigint | undefined {
    checkKind('frame', frame, NATURAL)
    return this.readRun(frame, 1)[0]
  }

  /** The values of `count` frames from `first`; fewer where the kernel knows no more. */
  readRun(first: number, count: number): BigUint64Array {
    checkKind('first', first, NATURAL)
    checkKind('count', count, NATURAL)
    if (this.#file === undefined) {
      throw new RefusedError('ECLOSED', `/proc/${this.name} is used after it was closed`)
    }
    const words = new Uint32Array(2 * count)
    try {
      return new BigUint64Array(words.buffer, 0, this.#file.read(first, words))
    } catch (error) {
      throw frameFileFailure(this.name, 'read', error)
    }
  }

  close(): void {
    this.#file?.close()
    this.#file = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** `what` is what failed: `opened`. Why it did is not told by the answer alone. */
export function frameFileFailure(name: FrameFileName, what: string, cause: unknown): RefusedError {
  const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
  const code = errno === 'EACCES' || errno === 'EPERM' ? 'EPERMISSION' : 'EOPEN'
  return new RefusedError(code, `/proc/${name} cannot be ${what}: ${errno}`, { errno }, { cause })
}

/** The flags of frames (see `pageFlagNames`), in their order; `undefined` for unknown frames. */
export function readPageFlags(frames: readonly number[]): (bigint | undefined)[]
/** @internal Of a machine that this is not. */
export function readPageFlags(
  frames: readonly number[],
  system?: LocalSystem,
): (bigint | undefined)[]
export function readPageFlags(
  frames: readonly number[],
  system?: LocalSystem,
): (bigint | undefined)[] {
  return readFrames('kpageflags', frames, system)
}

/** How often each frame is mapped. */
export function readPageCount(frames: readonly number[]): (bigint | undefined)[]
/** @internal Of a machine that this is not. */
export function readPageCount(
  frames: readonly number[],
  system?: LocalSystem,
): (bigint | undefined)[]
export function readPageCount(
  frames: readonly number[],
  system?: LocalSystem,
): (bigint | undefined)[] {
  return readFrames('kpagecount', frames, system)
}

/** The inode, in the cgroup file system, of the cgroup that each frame is charged to; 0 for none. */
export function readPageCgroup(frames: readonly number[]): (bigint | undefined)[]
/** @internal Of a machine that this is not. */
export function readPageCgroup(
  frames: readonly number[],
  system?: LocalSystem,
): (bigint | undefined)[]
export function readPageCgroup(
  frames: readonly number[],
  system?: LocalSystem,
): (bigint | undefined)[] {
  return readFrames('kpagecgroup', frames, system)
}

function readFrames(
  name: FrameFileName,
  frames: readonly number[],
  system: LocalSystem | undefined,
): (bigint | undefined)[] {
  using file = new FrameFile(name, system)
  return frames.map((frame) => file.read(frame))
}
