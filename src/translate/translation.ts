import type { Mapping } from '../linux/maps.ts'
import type { PageMarks } from '../linux/pagemap.ts'
import type { Compound } from './frames.ts'

/** How the page tables map a page. */
export type PageKind =
  /** By an entry of its own. */
  | 'base'
  /** A transparent huge page, by one entry for all of it. */
  | 'transparent huge'
  /** A page of hugetlbfs. */
  | 'hugetlb'
  /** Memory of a device, or of the firmware. */
  | 'device'

/** Where a virtual address of a process is, and what is known of its page. */
export interface Translation {
  pid: number
  /** The process's name, at most 15 bytes. */
  process: string
  virtual: bigint
  /** Physical address of the very byte. */
  address: number
  /** Physical address / base page size. */
  frame: number
  /** Bytes of the page as the page tables map it. */
  pageSize: number
  pageKind: PageKind
  /** What tells it: the page tables, or for device memory what was mapped. */
  by: 'pagemap' | 'mapping'
  /** For device memory: what tells it, `BAR 0 of 0000:00:04.0`. */
  source?: string
  /** What the page tables say besides; absent for device memory. */
  marks?: PageMarks
  /** The pages that the kernel keeps with this one, however they are mapped. */
  compound?: Compound
  /** Names of the frame's flags; absent where /proc/kpageflags cannot be read. */
  flags?: string[]
  /** How many times processes map the frame; absent for the zero page, which nobody counts. */
  mapCount?: number
  /** NUMA node; absent without NUMA. */
  node?: number
  /** The shared zero page: it is replaced by another when the process writes. */
  zeroPage: boolean
  /** It is memory of memfd_secret: /proc/kcore shows zeros in its place. */
  secret?: true
  mapping: Mapping
  /** Where in the mapped file the byte is; absent without a file. */
  fileOffset?: number
  /** How often the page was found in another frame while all this was looked up. */
  moved: number
  /** Where the page was before it moved. */
  movedFrom?: number
}
