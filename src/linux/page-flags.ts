import { PAGE_FLAG_BITS, type PageFlagName } from './page-flag-bits.ts'

/** One flag of a frame. */
export interface PageFlag {
  bit: number
  /** As the kernel's own tool page-types names it, in capitals. */
  name: string
  meaning: string
}

const MEANINGS: Readonly<Record<PageFlagName, string>> = {
  LOCKED: 'locked, for example while it is read from disk',
  ERROR: 'an I/O error occurred (no longer used)',
  REFERENCED: 'used since it was last checked',
  UPTODATE: 'holds what is on disk, or newer',
  DIRTY: 'newer than what is on disk',
  LRU: 'on a list for reclaim',
  ACTIVE: 'on the list of active pages',
  SLAB: 'belongs to a kernel allocator',
  WRITEBACK: 'is being written to disk',
  RECLAIM: 'to be reclaimed after it is written',
  BUDDY: 'free',
  MMAP: 'mapped by a process',
  ANON: 'mapped, not backed by a file',
  SWAPCACHE: 'has a place in swap',
  SWAPBACKED: 'backed by swap',
  COMPOUND_HEAD: 'the first page of a compound page',
  COMPOUND_TAIL: 'a later page of a compound page',
  HUGE: 'part of a hugetlbfs page',
  UNEVICTABLE: 'cannot be reclaimed',
  HWPOISON: 'broken: must not be touched',
  NOPAGE: 'not RAM that the kernel knows',
  KSM: 'shared by equal content',
  THP: 'part of a transparent huge page',
  OFFLINE: 'given back by a balloon, or logically offline',
  ZERO_PAGE: 'the zero page',
  IDLE: 'not used since it was marked idle',
  PGTABLE: 'a page table',
  RESERVED: 'not managed by the kernel: firmware, kernel image, device',
  MLOCKED: 'locked in memory',
  OWNER_2: 'used by its owner',
  PRIVATE: 'has private data',
  PRIVATE_2: 'has more private data',
  OWNER_PRIVATE: 'used by its owner',
  ARCH: 'used by the CPU architecture',
  UNCACHED: 'not cached',
  SOFTDIRTY: 'written since the marks were cleared',
  ARCH_2: 'used by the CPU architecture',
  ARCH_3: 'used by the CPU architecture',
}

/** All flags that kernels have had, by rising bit. Bits up to 31 are a stable interface. */
export const PAGE_FLAGS: readonly PageFlag[] = Object.entries(MEANINGS).map(([name, meaning]) => ({
  bit: PAGE_FLAG_BITS[name as PageFlagName],
  name,
  meaning,
}))
