/** What a frame is used for, by what the kernel says of it. */
import { isSystemRam } from '../linux/iomem.ts'

/** The first that is true counts: the more telling ones stand before. */
const states: readonly (readonly [flag: string, state: string])[] = [
  ['HWPOISON', 'broken memory, which must not be touched'],
  ['ZERO_PAGE', 'the zero page, which all processes share'],
  ['BUDDY', 'free'],
  ['OFFLINE', 'offline, or given back by a balloon'],
  ['PGTABLE', 'a page table'],
  ['SLAB', "the kernel's own objects (slab)"],
  ['HUGE', 'a page of hugetlbfs'],
  ['KSM', 'anonymous memory, shared by equal content (KSM)'],
  ['KSM?', 'anonymous memory, perhaps shared by equal content (KSM)'],
  ['ANON', 'anonymous memory of processes'],
  ['SWAPCACHE', 'anonymous memory, also in swap'],
  ['SWAPBACKED', 'shared memory or a file of tmpfs'],
  ['LRU', 'contents of a file (page cache)'],
  ['MMAP', 'mapped by processes'],
  ['NOPAGE', 'no RAM that the kernel uses'],
  ['RESERVED', 'reserved'],
]

/** What is known of a frame. */
export interface FrameFacts {
  /** Names of its flags, and of those of the compound page that it is part of. */
  flags: readonly string[] | undefined
  /** Names of the resources of /proc/iomem that hold it, outermost first; absent where it is hidden. */
  resources: readonly string[] | undefined
  /** RAM by the firmware, asked for only where no resource holds it. */
  firmware?: string | undefined
}

const UNUSED = ['NOPAGE', 'RESERVED']

/** Whether the kernel gives nothing of a frame but that it does not use it. */
export function isUnlisted({ flags, resources }: FrameFacts): boolean {
  return resources?.length === 0 && (flags ?? []).every((flag) => UNUSED.includes(flag))
}

/** One line for people: `free`, `not RAM: PCI Bus 0000:00, 0000:00:04.0`. */
export function describeFrame(facts: FrameFacts): string {
  const { flags, resources, firmware } = facts
  if (firmware !== undefined && isUnlisted(facts)) {
    return `RAM that the kernel does not use: ${firmware}`
  }
  // What a driver added lies inside of what it is made from: `dax0.0`, `CXL Window 0`.
  const ram = resources?.findIndex(isSystemRam) ?? -1
  const inner = ram < 0 ? [] : (resources?.slice(ram + 1) ?? [])
  if (ram < 0 && resources !== undefined && resources.length > 0) {
    return `not RAM: ${resources.join(', ')}`
  }
  if (resources?.length === 0 && (flags ?? []).every((flag) => flag === 'NOPAGE')) {
    return 'nothing that the kernel knows of'
  }
  if (flags === undefined) return 'unknown: this user may not read /proc/kpageflags'
  const state = states.find(([flag]) => flags.includes(flag))?.[1]
  if (state === 'reserved') {
    return `reserved: ${inner.join(', ') || 'kernel, firmware or a driver'}`
  }
  return state ?? 'kernel memory of a kind that is not reported'
}
