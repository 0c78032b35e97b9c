import { systemAt } from '../engine/system-at.ts'
import { type PageEntry, presentFrame } from '../linux/pagemap.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import { refusalError } from '../refusal/error.ts'
import { explainHiddenFrames } from '../refusal/pagemap.ts'
import { checkKind } from '../text/options.ts'
import { CHUNK_PAGES } from './asking.ts'
import { checkBulk, checkPid, checkVirtual } from './check.ts'
import { EntryDecoder } from './entry-decoder.ts'
import { Pagemap } from './pagemap.ts'

/** The entries of consecutive pages, column by column: a gigabyte of pages in 4 MiB. */
export interface PageColumns {
  /** Virtual address of the first page. */
  virtual: bigint
  /** Bytes. */
  pageSize: number
  /** Physical address / page size of each page in RAM; -1 for the others. */
  frames: Float64Array
  /** What the kernel says of a page, by its index. */
  entry(index: number): PageEntry
}

/** Puts the frame of each of `count` entries into `frames`, -1 where there is none. */
export function decodeFrames(words: Uint32Array, count: number, frames: Float64Array): void {
  for (let index = 0; index < count; index++) {
    const frame = presentFrame(words[2 * index] as number, words[2 * index + 1] as number)
    frames[index] = frame || -1
  }
}

/**
 * The pages that hold [virtual, virtual + length) of a process, read in bulk: for many pages of
 * which only the frames count. Holes take memory here: `translateAll` is made for sparse ranges.
 * Throws RequestError EUSAGE or ERANGE; RefusedError: what opening a pagemap throws; EHIDDEN when the kernel hides all frames.
 */
export function readPages(pid: number, virtual: bigint, length: number): PageColumns
/** @internal Of a machine that this is not. */
export function readPages(
  pid: number,
  virtual: bigint,
  length: number,
  system: LocalSystem,
): PageColumns
export function readPages(
  pid: number,
  virtual: bigint,
  length: number,
  system: LocalSystem = systemAt(),
): PageColumns {
  checkKind('system', system, SYSTEM)
  checkPid(pid)
  checkVirtual(virtual)
  checkBulk(virtual, length, system.pageSize)
  using pagemap = new Pagemap(pid, system)
  const size = BigInt(pagemap.pageSize)
  const first = Number(virtual / size)
  const count = Number((virtual + BigInt(length) + size - 1n) / size) - first
  const words = new Uint32Array(2 * count)
  const frames = new Float64Array(count)
  for (let done = 0; done < count; done += CHUNK_PAGES) {
    const part = words.subarray(2 * done, 2 * Math.min(count, done + CHUNK_PAGES))
    pagemap.read(first + done, part)
    decodeFrames(part, part.length / 2, frames.subarray(done))
  }
  const decoder = new EntryDecoder(system)
  const entry = (index: number) =>
    decoder.decode(words[2 * index] as number, words[2 * index + 1] as number)
  refuseHidden(frames, entry, system.now())
  return { virtual: BigInt(first) * size, pageSize: pagemap.pageSize, frames, entry }
}

/** Whether one page is hidden tells it of all: the kernel looks at who opened the file. */
function refuseHidden(
  frames: Float64Array,
  entry: (index: number) => PageEntry,
  system: System,
): void {
  if (frames.some((frame) => frame >= 0)) return
  for (let index = 0; index < frames.length; index++) {
    if (entry(index).kind === 'hidden') {
      throw refusalError('frames cannot be looked up', explainHiddenFrames(system))
    }
  }
}
