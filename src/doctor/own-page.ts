import { randomBytes } from 'node:crypto'
import { PhysmemError } from '../base/errors.ts'
import { loadAddon, type OwnPage } from '../engine/addon.ts'
import { systemAt } from '../engine/system-at.ts'
import { filesAt } from '../linux/files-at.ts'
import type { PageEntry } from '../linux/pagemap.ts'
import { linkName } from '../linux/read.ts'
import { explainHiddenFrames, explainPagemapOpen } from '../refusal/pagemap.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { Pagemap } from '../translate/pagemap.ts'

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
  /** Looks for the frame anew, and says whether there is one: not while the page is being moved. */
  locate(): boolean
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
  let pagemap: Pagemap | undefined
  const close = () => {
    page.close()
    pagemap?.close()
  }
  try {
    pagemap = openPagemap()
    const probe = probeOf(page, pagemap, pattern, close)
    if (!isProbe(probe)) close()
    return probe
  } catch (error) {
    close()
    if (!(error instanceof PhysmemError)) throw error
    const errno = String(error.data.errno ?? 'unknown error')
    return { refusal: explainPagemapOpen(errno, process.pid, systemAt('/').now()), errno }
  }
}

/** That of this process, by its number in /proc: where that is of other processes, it has another. */
function openPagemap(): Pagemap {
  return new Pagemap(Number(linkName(filesAt(), '/proc/self') ?? process.pid))
}

/** Where entries are read. */
interface Entries {
  readonly pageSize: number
  entry(page: number): PageEntry
}

/** The page and its frame, as long as it has one now. */
export function probeOf(
  page: OwnPage,
  pagemap: Entries,
  pattern: Uint8Array,
  close: () => void,
): Probe | NoProbe {
  const { pageSize } = pagemap
  const lookUp = (): PageEntry => {
    // An access waits until the kernel has moved the page, where it does, and brings it back.
    page.read32(0)
    return pagemap.entry(Number(page.address / BigInt(pageSize)))
  }
  const found = lookUp()
  if (found.kind !== 'present') return withoutFrame(found)
  let { frame } = found
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
    stays: () => {
      const now = lookUp()
      return now.kind === 'present' && now.frame === frame
    },
    locate: () => {
      const now = lookUp()
      if (now.kind === 'present') frame = now.frame
      return now.kind === 'present'
    },
    read32: (offset) => page.read32(offset),
    write32: (offset, value) => page.write32(offset, value),
    close,
  }
}

function withoutFrame({ kind }: PageEntry): NoProbe {
  if (kind === 'hidden') return { refusal: explainHiddenFrames(systemAt('/').now()) }
  const reason = `a page of this process, just written, is in no frame: ${kind}`
  return { refusal: { code: 'EREFUSED', reason } }
}

export function isProbe(probe: Probe | NoProbe): probe is Probe {
  return 'frame' in probe
}
