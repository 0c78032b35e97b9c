import { type Mapping, parseMapping } from './maps.ts'
import { readProcessFile } from './processes.ts'

const sizes = {
  KernelPageSize: 'kernelPageSize',
  MMUPageSize: 'mmuPageSize',
  Rss: 'rss',
  Pss: 'pss',
  Anonymous: 'anonymous',
  AnonHugePages: 'anonymousHuge',
  ShmemPmdMapped: 'shmemHuge',
  FilePmdMapped: 'fileHuge',
  Shared_Hugetlb: 'sharedHugetlb',
  Private_Hugetlb: 'privateHugetlb',
  Swap: 'swap',
  Locked: 'locked',
} as const

type SizeName = (typeof sizes)[keyof typeof sizes]

/**
 * A mapping with what it holds, in bytes; 0 where this kernel does not say.
 * - `kernelPageSize`: the page size, more than that of the system for hugetlbfs only
 * - `rss`, `pss`: what is in memory; the same, shared pages divided by their users
 * - `anonymous`: of it, what belongs to no file
 * - `anonymousHuge`, `shmemHuge`, `fileHuge`: of it, in transparent huge pages
 * - `sharedHugetlb`, `privateHugetlb`: in hugetlbfs, not counted in `rss`
 * - `swap`: what was swapped out; `locked`: what cannot be
 */
export interface MappingDetails extends Mapping, Record<SizeName, number> {
  /**
   * VmFlags: two letters each, such as `io` (device memory), `pf` (frames without struct page),
   * `ht` (hugetlbfs), `lo` (locked), `dd` (never dumped), `gu` (guard regions, 6.15+).
   */
  flags: string[]
}

/** Parses /proc/PID/smaps (fs/proc/task_mmu.c, show_smap). What it does not know is passed over. */
export function parseSmaps(text: string): MappingDetails[] {
  const all: MappingDetails[] = []
  for (const line of text.split('\n')) {
    const [, key = '', rest = ''] = /^([A-Z]\w*):\s*(.*)$/.exec(line) ?? []
    const last = all.at(-1)
    if (key === '') {
      const mapping = parseMapping(line)
      if (mapping !== undefined) all.push({ ...mapping, ...nothing(), flags: [] })
    } else if (last !== undefined) {
      note(last, key, rest)
    }
  }
  return all
}

function note(details: MappingDetails, key: string, rest: string): void {
  if (key === 'VmFlags') details.flags = rest.split(' ').filter((flag) => /^[a-z]{2}$/.test(flag))
  const kibibytes = /^(\d{1,12}) kB$/.exec(rest)?.[1]
  if (kibibytes === undefined || !Object.hasOwn(sizes, key)) return
  details[sizes[key as keyof typeof sizes]] = Number(kibibytes) * 1024
}

function nothing(): Record<SizeName, number> {
  const zeros = Object.values(sizes).map((name) => [name, 0])
  return Object.fromEntries(zeros) as Record<SizeName, number>
}

/**
 * The mappings of a process with their details. The kernel walks every page of the process for it:
 * `readMaps` is far quicker. Throws as `readMaps`.
 */
export function readSmaps(pid: number, root = '/'): MappingDetails[] {
  return parseSmaps(readProcessFile(pid, 'smaps', root))
}
