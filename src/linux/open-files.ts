import { join } from 'node:path'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
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
export function findOpeners(
  isWanted: (file: string) => boolean,
  files: Files = filesAt(),
): Opener[] {
  return listProcesses(files).flatMap((one) => {
    const folder = `/proc/${one.pid}/fd`
    const file = listFolder(files, folder)
      .map((fd) => files.link(join(folder, fd)) ?? '')
      .find(isWanted)
    return file === undefined ? [] : [{ ...one, file }]
  })
}
