/** The flags of a frame: 64 bits of /proc/kpageflags (include/uapi/linux/kernel-page-flags.h). */

/**
 * All flags that kernels have had, by rising bit, as the kernel's own tool page-types names them, in
 * capitals. Bits up to 31 are a stable interface.
 */
export const PAGE_FLAG_BITS = {
  LOCKED: 0,
  ERROR: 1,
  REFERENCED: 2,
  UPTODATE: 3,
  DIRTY: 4,
  LRU: 5,
  ACTIVE: 6,
  SLAB: 7,
  WRITEBACK: 8,
  RECLAIM: 9,
  BUDDY: 10,
  MMAP: 11,
  ANON: 12,
  SWAPCACHE: 13,
  SWAPBACKED: 14,
  COMPOUND_HEAD: 15,
  COMPOUND_TAIL: 16,
  HUGE: 17,
  UNEVICTABLE: 18,
  HWPOISON: 19,
  NOPAGE: 20,
  KSM: 21,
  THP: 22,
  OFFLINE: 23,
  ZERO_PAGE: 24,
  IDLE: 25,
  PGTABLE: 26,
  // For kernel developers: these may change.
  RESERVED: 32,
  MLOCKED: 33,
  OWNER_2: 34,
  PRIVATE: 35,
  PRIVATE_2: 36,
  OWNER_PRIVATE: 37,
  ARCH: 38,
  UNCACHED: 39,
  SOFTDIRTY: 40,
  ARCH_2: 41,
  ARCH_3: 42,
} as const

export type PageFlagName = keyof typeof PAGE_FLAG_BITS

const entries = Object.entries(PAGE_FLAG_BITS)
const names: ReadonlyMap<number, string> = new Map(entries.map(([name, bit]) => [bit, name]))

/**
 * The names of the flags that are set, by rising bit; `BIT_47` for one without a name. Kernels since
 * 6.10 say KSM of every anonymous page: `credibleFlagNames` knows which to believe.
 */
export function pageFlagNames(flags: bigint): string[] {
  const set: string[] = []
  for (let bit = 0; bit < 64; bit++) {
    if ((flags >> BigInt(bit)) & 1n) set.push(names.get(bit) ?? `BIT_${bit}`)
  }
  return set
}

/** Whether a flag is set. Throws for a name that is not in PAGE_FLAGS. */
export function hasPageFlag(flags: bigint, name: string): boolean {
  const [, bit] = entries.find(([one]) => one === name) ?? []
  if (bit === undefined) throw new TypeError(`there is no page flag ${name}`)
  return ((flags >> BigInt(bit)) & 1n) === 1n
}
