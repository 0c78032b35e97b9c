import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { listProcesses, type Process } from './processes.ts'
import { listFolder } from './read.ts'

export interface Opener extends Process {
  /** The first of the wanted files, as /proc/PID/fd names it. */
  file: string
}

/**
 * The processes that have a file open, by rising number; `isWanted` is asked with what the links in
 * /proc/PID/fd lead to, such as `/dev/uio0` or `anon_inode:[name]`. Those of other users are seen by
 * root only.
 */
export function findOpeners(isWanted: (file: string) => boolean, root = '/'): Opener[] {
  return listProcesses(root).flatMap((process) => {
    const folder = join(root, 'proc', String(process.pid), 'fd')
    const file = listFolder(folder)
      .map((fd) => linkTarget(join(folder, fd)))
      .find(isWanted)
    return file === undefined ? [] : [{ ...process, file }]
  })
}

function linkTarget(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}
