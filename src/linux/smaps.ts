import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
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

const sizeNames = new Map<string, SizeName>(Object.entries(sizes))
const zeros = Object.fromEntries(Object.values(sizes).map((name) => [name, 0]))

/** Parses /proc/PID/smaps (fs/proc/task_mmu.c, show_smap). What it does not know is passed over. */
export function parseSmaps(text: string): MappingDetails[] {
  const all: MappingDetails[] = []
  let last: MappingDetails | undefined
  for (const line of text.split('\n')) {
    // A fact about a mapping begins with a capital letter; a mapping with a hex digit.
    if (line >= 'A' && line < '[') {
      if (last !== undefined) note(last, line)
      continue
    }
    const mapping = parseMapping(line)
    if (mapping === undefined) continue
    last = { ...mapping, ...(zeros as Record<SizeName, number>), flags: [] }
    all.push(last)
  }
  return all
}

function note(details: MappingDetails, line: string): void {
  const colon = line.indexOf(':')
  const key = line.slice(0, colon)
  const name = sizeNames.get(key)
  if (name !== undefined) {
    const kibibytes = /^ *(\d{1,12}) kB$/.exec(line.slice(colon + 1))?.[1]
    if (kibibytes !== undefined) details[name] = Number(kibibytes) * 1024
  } else if (key === 'VmFlags') {
    const flags = line.slice(colon + 1).split(' ')
    details.flags = flags.filter((flag) => /^[a-z]{2}$/.test(flag))
  }
}

/**
 * The mappings of a process with their details. The kernel walks every page of the process for it:
 * `readMaps` is far quicker. Throws as `readMaps`.
 */
export function readSmaps(pid: number, files: Files = filesAt()): MappingDetails[] {
  return parseSmaps(readProcessFile(pid, 'smaps', files))
}
