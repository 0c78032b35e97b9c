import { closeSync, openSync, readSync } from 'node:fs'
import { RefusedError } from '../base/errors.ts'
import { checkKind, NATURAL } from '../text/options.ts'
import { SYSTEM } from './kinds.ts'
import type { LocalSystem } from './system.ts'

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
  #fd: number | undefined

  /** Throws RefusedError EPERMISSION or EOPEN. */
  constructor(name: FrameFileName)
  /** @internal Of a machine that this is not. */
  constructor(name: FrameFileName, system?: LocalSystem)
  constructor(name: FrameFileName, system?: LocalSystem) {
    checkKind('name', name, FRAME_FILES)
    if (system !== undefined) checkKind('system', system, SYSTEM)
    this.name = name
    const path = `/proc/${name}`
    try {
      this.#fd = openSync(system?.at(path) ?? path, 'r')
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
    if (this.#fd === undefined) {
      throw new RefusedError('ECLOSED', `/proc/${this.name} is used after it was closed`)
    }
    const bytes = new Uint8Array(count * 8)
    let done = 0
    while (done < bytes.length) {
      let read: number
      try {
        read = readSync(this.#fd, bytes, done, bytes.length - done, first * 8 + done)
      } catch (error) {
        throw frameFileFailure(this.name, 'read', error)
      }
      if (read === 0) break
      done += read
    }
    return new BigUint64Array(bytes.buffer, 0, Math.floor(done / 8))
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
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
