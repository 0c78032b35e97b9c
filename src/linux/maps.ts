import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readProcessFile } from './processes.ts'

/** One mapping of a process: a line of /proc/PID/maps. Addresses are virtual. */
export interface Mapping {
  start: bigint
  /** Exclusive, as in the file. */
  end: bigint
  readable: boolean
  writable: boolean
  executable: boolean
  /** MAP_SHARED; otherwise writes are private. */
  shared: boolean
  /** Where in the file or device the mapping begins, in bytes. */
  offset: bigint
  /** Major and minor number of the file system's device in hex, `08:01`; `00:00` for none. */
  device: string
  /** 0 for none. */
  inode: bigint
  /**
   * Empty, a path (` (deleted)` after it when the file has no name any more), or a name in brackets
   * such as `[heap]`, `[stack]`, `[anon:NAME]`.
   */
  path: string
}

const form =
  /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) ([r-])([w-])([x-])([ps]) ([0-9a-f]{1,16}) ([0-9a-f]+:[0-9a-f]+) (\d{1,20}) *(.*)$/

/** Parses one line; `undefined` when it is of another form, or ends before it begins. */
export function parseMapping(line: string): Mapping | undefined {
  const match = form.exec(line)
  if (!match) return undefined
  const [, start, end, read, write, execute, shared, offset, device = '', inode = '', name = ''] =
    match
  const mapping = {
    start: BigInt(`0x${start}`),
    end: BigInt(`0x${end}`),
    readable: read === 'r',
    writable: write === 'w',
    executable: execute === 'x',
    shared: shared === 's',
    offset: BigInt(`0x${offset}`),
    device,
    inode: BigInt(inode),
    // fs/proc/task_mmu.c escapes the newline and nothing else, so a backslash may be itself.
    path: name.replaceAll('\\012', '\n'),
  }
  return mapping.start < mapping.end ? mapping : undefined
}

/** Parses /proc/PID/maps (fs/proc/task_mmu.c, show_map_vma). Other lines are passed over. */
export function parseMaps(text: string): Mapping[] {
  return text.split('\n').flatMap((line) => parseMapping(line) ?? [])
}

/**
 * The mappings of a process, by rising address; none for a kernel thread or a process that is
 * ending. The file is made page by page: a process that maps meanwhile may show old and new.
 * Throws RefusedError: ENOPROCESS, EPERMISSION, or EOPEN.
 */
export function readMaps(pid: number, files: Files = filesAt()): Mapping[] {
  return parseMaps(readProcessFile(pid, 'maps', files))
}
