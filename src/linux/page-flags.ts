/** The flags of a frame: 64 bits of /proc/kpageflags (include/uapi/linux/kernel-page-flags.h). */

/** One flag. */
export interface PageFlag {
  bit: number
  /** As the kernel's own tool page-types names it, in capitals. */
  name: string
  meaning: string
}

const meanings: readonly (readonly [bit: number, name: string, meaning: string])[] = [
  [0, 'LOCKED', 'locked, for example while it is read from disk'],
  [1, 'ERROR', 'an I/O error occurred (no longer used)'],
  [2, 'REFERENCED', 'used since it was last checked'],
  [3, 'UPTODATE', 'holds what is on disk, or newer'],
  [4, 'DIRTY', 'newer than what is on disk'],
  [5, 'LRU', 'on a list for reclaim'],
  [6, 'ACTIVE', 'on the list of active pages'],
  [7, 'SLAB', 'belongs to a kernel allocator'],
  [8, 'WRITEBACK', 'is being written to disk'],
  [9, 'RECLAIM', 'to be reclaimed after it is written'],
  [10, 'BUDDY', 'free'],
  [11, 'MMAP', 'mapped by a process'],
  [12, 'ANON', 'mapped, not backed by a file'],
  [13, 'SWAPCACHE', 'has a place in swap'],
  [14, 'SWAPBACKED', 'backed by swap'],
  [15, 'COMPOUND_HEAD', 'the first page of a compound page'],
  [16, 'COMPOUND_TAIL', 'a later page of a compound page'],
  [17, 'HUGE', 'part of a hugetlbfs page'],
  [18, 'UNEVICTABLE', 'cannot be reclaimed'],
  [19, 'HWPOISON', 'broken: must not be touched'],
  [20, 'NOPAGE', 'not RAM that the kernel knows'],
  [21, 'KSM', 'shared by equal content'],
  [22, 'THP', 'part of a transparent huge page'],
  [23, 'OFFLINE', 'given back by a balloon, or logically offline'],
  [24, 'ZERO_PAGE', 'the zero page'],
  [25, 'IDLE', 'not used since it was marked idle'],
  [26, 'PGTABLE', 'a page table'],
  // For kernel developers: these may change.
  [32, 'RESERVED', 'not managed by the kernel: firmware, kernel image, device'],
  [33, 'MLOCKED', 'locked in memory'],
  [34, 'OWNER_2', 'used by its owner'],
  [35, 'PRIVATE', 'has private data'],
  [36, 'PRIVATE_2', 'has more private data'],
  [37, 'OWNER_PRIVATE', 'used by its owner'],
  [38, 'ARCH', 'used by the CPU architecture'],
  [39, 'UNCACHED', 'not cached'],
  [40, 'SOFTDIRTY', 'written since the marks were cleared'],
  [41, 'ARCH_2', 'used by the CPU architecture'],
  [42, 'ARCH_3', 'used by the CPU architecture'],
]

/** All flags that kernels have had, by rising bit. Bits up to 31 are a stable interface. */
export const PAGE_FLAGS: readonly PageFlag[] = meanings.map(([bit, name, meaning]) => ({
  bit,
  name,
  meaning,
}))

const names = new Map(PAGE_FLAGS.map(({ bit, name }) => [bit, name]))

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
  const flag = PAGE_FLAGS.find((one) => one.name === name)
  if (flag === undefined) throw new TypeError(`there is no page flag ${name}`)
  return ((flags >> BigInt(flag.bit)) & 1n) === 1n
}
