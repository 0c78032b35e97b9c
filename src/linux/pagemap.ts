/**
 * The entries of /proc/PID/pagemap (fs/proc/task_mmu.c; Documentation/admin-guide/mm/pagemap.rst):
 * 64 bits for each page of the process, at page number × 8. Pure decoding: nothing is opened here.
 */

/** What every entry may say, whatever it is. */
export interface PageMarks {
  /** Bit 55: written since the marks were cleared; only with CONFIG_MEM_SOFT_DIRTY. */
  softDirty: boolean
  /** Bit 56: mapped by this process only; approximate where the kernel counts no single pages. */
  exclusive: boolean
  /** Bit 57 (5.13+): write-protected by userfaultfd. */
  uffdWp: boolean
  /** Bit 61: a page of a file, or anonymous memory that is shared. */
  filePage: boolean
}

/** What stands at one page of a process. Frames are physical addresses / page size. */
export type PageEntry = PageMarks &
  (
    | { kind: 'present'; frame: number }
    /** There is something, but this reader may not see where: bit 63 or 62 with nothing else. */
    | { kind: 'hidden'; present: boolean }
    /**
     * Nothing here: never touched, outside of every mapping, or device memory, which the kernel
     * leaves out (VM_PFNMAP). Shared memory that was swapped out also looks so.
     */
    | { kind: 'absent' }
    | { kind: 'swap'; type: number; offset: number }
    /** The page is being moved from this frame to another: look again. */
    | { kind: 'migration'; frame: number }
    /** The frame is broken: every access ends in SIGBUS. */
    | { kind: 'hwpoison'; frame: number }
    /** Lightweight guard region (MADV_GUARD_INSTALL): every access ends in SIGSEGV. */
    | { kind: 'guard' }
    /** Memory of a device (HMM): `private` to it, or in RAM and now `exclusive` to it. */
    | { kind: 'device'; access: 'private' | 'exclusive'; frame: number }
    /**
     * A note in place of a page: `poisoned` (every access ends in SIGBUS: swap could not be read,
     * or UFFDIO_POISON), or `uffdWp` alone.
     */
    | { kind: 'marker'; poisoned: boolean }
    /** A special type whose meaning is not known, or an entry that has none. */
    | { kind: 'unknown'; type: number; offset: number }
  )

/**
 * The swap types that are none. Bit 62 does not mean "swapped": the uppermost of the 32 types are
 * taken for other things (include/linux/swap.h), each class only where the kernel was built with
 * it, and each moves those below it.
 */
export interface SpecialTypes {
  /** CONFIG_MEMORY_FAILURE: one type. */
  hwpoison: boolean
  /** CONFIG_MIGRATION: three types; two before 5.19. */
  migration: 0 | 2 | 3
  /** CONFIG_DEVICE_PRIVATE: two types; with two exclusive ones since 5.14, with one since 6.15. */
  device: 0 | 2 | 3 | 4
  /** One type since 6.2; since 5.19 with CONFIG_PTE_MARKER. */
  marker: boolean
  /** One type above the marker, from 5.19 to 6.1: swap could not be read. Then it became a marker. */
  swapError: boolean
}

/** The special types of a kernel, by its release (`6.12.48-amd64`) and the options it was built with. */
export function specialTypesOf(release: string, on: (option: string) => boolean): SpecialTypes {
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10))
  const since = (wantedMajor: number, wantedMinor: number) =>
    major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
  const device = since(6, 15) ? 3 : since(5, 14) ? 4 : 2
  return {
    hwpoison: on('CONFIG_MEMORY_FAILURE'),
    migration: on('CONFIG_MIGRATION') ? (since(5, 19) ? 3 : 2) : 0,
    device: on('CONFIG_DEVICE_PRIVATE') ? device : 0,
    marker: since(6, 2) || (since(5, 19) && on('CONFIG_PTE_MARKER')),
    swapError: since(5, 19) && !since(6, 2),
  }
}

// Bits of the upper half.
const SOFT_DIRTY = 1 << (55 - 32)
const EXCLUSIVE = 1 << (56 - 32)
const UFFD_WP = 1 << (57 - 32)
const GUARD = 1 << (58 - 32)
const FILE = 1 << (61 - 32)
const SWAP = 1 << (62 - 32)
const PRESENT = 1 << (63 - 32)
const FRAME_HIGH = SOFT_DIRTY - 1

// include/linux/swapops.h: the offset of a marker
const MARKER_POISONED = 2
const MARKER_GUARD = 4

/** Frames have at most 40 bits (52 of an address, pages of 4 KiB); more are not a frame. */
const FRAMES = 2 ** 40

/**
 * The frame of an entry that is in RAM, 0 where it is hidden; -1 for every other entry: for many
 * entries of which only this counts. Both halves as unsigned numbers.
 */
export function presentFrame(low: number, high: number): number {
  if (high >>> 31 === 0) return -1
  const frame = (high & FRAME_HIGH) * 2 ** 32 + low
  return frame < FRAMES ? frame : -1
}

/**
 * Decodes an entry given as its two 32-bit halves.
 *
 * A reader without CAP_SYS_ADMIN in the initial user namespace at the time of opening gets all
 * frames and swap entries as zero: kind `hidden`. So does a page that really is in frame 0, which
 * no kernel gives to a process.
 *
 * `readSpecialTypes` of special-types.ts tells the `types` of the running kernel. Without them the
 * types from 23 to 30, which are what on another kernel is something else, are `unknown`.
 */
export function decodePage(low: number, high: number, types?: SpecialTypes): PageEntry {
  const marks = {
    softDirty: (high & SOFT_DIRTY) !== 0,
    exclusive: (high & EXCLUSIVE) !== 0,
    uffdWp: (high & UFFD_WP) !== 0,
    filePage: (high & FILE) !== 0,
  }
  const frameHigh = high & FRAME_HIGH
  if ((high & PRESENT) !== 0) {
    const frame = presentFrame(low >>> 0, high)
    if (frame < 0) return { ...marks, kind: 'unknown', type: low & 31, offset: 0 }
    if (frame === 0) return { ...marks, kind: 'hidden', present: true }
    return { ...marks, kind: 'present', frame }
  }
  if ((high & GUARD) !== 0) return { ...marks, kind: 'guard' }
  if ((high & SWAP) === 0) return { ...marks, kind: 'absent' }
  const offset = frameHigh * 2 ** 27 + (low >>> 5)
  if (offset === 0 && (low & 31) === 0) return { ...marks, kind: 'hidden', present: false }
  return { ...marks, ...special(low & 31, offset, types) }
}

type Special<T = PageEntry> = T extends unknown ? Omit<T, keyof PageMarks> : never

/** There have never been more special types: those below this are swap on every kernel. */
export const lowestSpecialType = 23

function unsureOf(type: number, offset: number): Special {
  if (type < lowestSpecialType) return { kind: 'swap', type, offset }
  return type === 31 ? markerOf(type, offset) : { kind: 'unknown', type, offset }
}

/** What a type and an offset mean; from the top down, as the kernel has them. */
function special(type: number, offset: number, types: SpecialTypes | undefined): Special {
  if (types === undefined) return unsureOf(type, offset)
  const swapError = types.swapError ? 31 : 32
  const marker = swapError - (types.marker ? 1 : 0)
  const device = marker - types.device
  const migration = device - types.migration
  const hwpoison = migration - (types.hwpoison ? 1 : 0)
  if (type < hwpoison) return { kind: 'swap', type, offset }
  if (type >= swapError) return { kind: 'marker', poisoned: true }
  if (type >= marker) return markerOf(type, offset)
  if (offset >= 2 ** 40) return { kind: 'unknown', type, offset }
  if (type >= device) {
    // SWP_DEVICE_WRITE, SWP_DEVICE_READ, then the exclusive ones
    return { kind: 'device', access: type < device + 2 ? 'private' : 'exclusive', frame: offset }
  }
  return { kind: type >= migration ? 'migration' : 'hwpoison', frame: offset }
}

function markerOf(type: number, offset: number): Special {
  if (offset > 7) return { kind: 'unknown', type, offset }
  if ((offset & MARKER_GUARD) !== 0) return { kind: 'guard' }
  return { kind: 'marker', poisoned: (offset & MARKER_POISONED) !== 0 }
}
