import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readText } from './read.ts'

/**
 * The RAM that the kernel manages, in bytes (MemTotal of /proc/meminfo, fs/proc/meminfo.c, which
 * counts in kB of 1024 bytes); `undefined` where it does not tell.
 */
export function readMemTotal(files: Files = filesAt()): number | undefined {
  const line = /^MemTotal:\s+(\d{1,12}) kB$/m.exec(readText(files, '/proc/meminfo') ?? '')
  return line === null ? undefined : Number(line[1]) * 1024
}
