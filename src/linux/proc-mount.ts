import type { Evidence } from '../base/evidence.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readText } from './read.ts'

/** How /proc is mounted, as this process sees it. */
export interface ProcMount {
  /** Options of the mount and of its file system, `rw`, `subset=pid`, `hidepid=invisible`. */
  options: readonly string[]
  evidence: Evidence
}

const FILE = '/proc/self/mountinfo'

/**
 * The topmost mount at /proc: Documentation/filesystems/proc.rst, 3.5, `ID PARENT MAJOR:MINOR ROOT
 * POINT OPTIONS [FIELDS…] - TYPE SOURCE OPTIONS`. `undefined` where it is not procfs, or unknown.
 */
export function readProcMount(files: Files = filesAt()): ProcMount | undefined {
  const lines = (readText(files, FILE) ?? '').split('\n')
  const line = lines.findLast((one) => one.split(' ')[4] === '/proc')
  const [mount = '', system = ''] = line?.split(' - ') ?? []
  const [type, , options = ''] = system.split(' ')
  if (line === undefined || type !== 'proc') return undefined
  const own = mount.split(' ')[5] ?? ''
  return { options: [...own.split(','), ...options.split(',')], evidence: { file: FILE, line } }
}
