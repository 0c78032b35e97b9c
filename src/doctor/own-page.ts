import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { decodePage, type PageEntry } from '../linux/pagemap.ts'
import { loadAddon, type OwnPage } from '../native/addon.ts'
import { explainHiddenFrames, explainPagemapOpen } from '../refusal/pagemap.ts'
import type { Refusal } from '../refusal/refusal.ts'

/** A page of this process with a pattern that nobody else can know, and the frame it is in. */
export interface Probe {
  readonly pageSize: number
  /** Physical address of the page. It can change unless it is pinned, even when it is locked. */
  readonly physical: number
  readonly frame: number
  readonly pattern: Uint8Array
  /** Whether the kernel cannot move it. */
  readonly pinned: boolean
  /** Whether the page is still where it was. */
  stays(): boolean
  /** Looks for the frame anew. */
  locate(): void
  /** What the page holds at an offset, a multiple of 4. */
  read32(offset: number): number
  write32(offset: number, value: number): void
  close(): void
}

/** Why there is no probe. */
export interface NoProbe {
  refusal: Refusal
  errno?: string
}

/** How many bytes of the page hold the pattern. */
const PATTERN_BYTES = 256

/**
 * Makes the page and finds its frame through /proc/self/pagemap, which needs CAP_SYS_ADMIN in the
 * initial user namespace. Nothing else is read.
 */
export function openProbe(): Probe | NoProbe {
  const addon = loadAddon()
  const page = addon.ownPage()
  const pattern = new Uint8Array(randomBytes(PATTERN_BYTES))
  const words = new Uint32Array(pattern.buffer)
  for (const [index, word] of words.entries()) page.write32(index * 4, word)
  try {
    return probeOf(page, addon.pageSize, pattern)
  } catch (error) {
    page.close()
    if (error instanceof NoFrame) return error.why
    throw error
  }
}

function probeOf(page: OwnPage, pageSize: number, pattern: Uint8Array): Probe {
  let frame = frameOf(page, pageSize)
  return {
    pageSize,
    pattern,
    pinned: page.pinned,
    get frame() {
      return frame
    },
    get physical() {
      return frame * pageSize
    },
    stays: () => frameOf(page, pageSize) === frame,
    locate: () => {
      frame = frameOf(page, pageSize)
    },
    read32: (offset) => page.read32(offset),
    write32: (offset, value) => page.write32(offset, value),
    close: () => page.close(),
  }
}

class NoFrame extends Error {
  readonly why: NoProbe
  constructor(why: NoProbe) {
    super(why.refusal.reason)
    this.why = why
  }
}

function frameOf(page: OwnPage, pageSize: number): number {
  const entry = entryOf(page.address, pageSize)
  if (entry.kind === 'present') return entry.frame
  if (entry.kind === 'hidden') throw new NoFrame({ refusal: explainHiddenFrames('/') })
  const reason = `a page of this process, just written, is in no frame: ${entry.kind}`
  throw new NoFrame({ refusal: { code: 'EREFUSED', reason } })
}

/** The entry of a page of this process. */
function entryOf(address: bigint, pageSize: number): PageEntry {
  const words = new Uint32Array(2)
  let fd: number
  try {
    fd = openSync('/proc/self/pagemap', 'r')
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new NoFrame({ refusal: explainPagemapOpen(errno, process.pid, '/'), errno })
  }
  try {
    readSync(fd, words, 0, 8, (address / BigInt(pageSize)) * 8n)
  } finally {
    closeSync(fd)
  }
  const [low = 0, high = 0] = words
  return decodePage(low, high)
}

export function isProbe(probe: Probe | NoProbe): probe is Probe {
  return 'frame' in probe
}
