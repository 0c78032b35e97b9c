import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs'
import { basename } from 'node:path'

/** The text of a file, or `undefined` where it cannot be read. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** The text without blanks around it; empty where the file cannot be read. */
export function readLine(file: string): string {
  return readText(file)?.trim() ?? ''
}

/** At most `length` bytes from the start of a file; fewer where it ends, none where it is closed to us. */
export function readStart(file: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let done = 0
  try {
    const fd = openSync(file, 'r')
    try {
      while (done < length) {
        const count = readSync(fd, bytes, done, length - done, done)
        if (count === 0) break
        done += count
      }
    } finally {
      closeSync(fd)
    }
  } catch {
    // what came before the failure counts
  }
  return bytes.subarray(0, done)
}

/** The names in a folder, sorted; none where it cannot be read. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** The numbers N of all names `prefixN` in a folder, rising. */
export function listNumbered(folder: string, prefix: string): number[] {
  return listFolder(folder)
    .filter((name) => name.startsWith(prefix) && /^\d{1,9}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b)
}

/** The last part of what a symbolic link leads to, as sysfs names drivers; or `undefined`. */
export function linkName(link: string): string | undefined {
  try {
    return basename(readlinkSync(link))
  } catch {
    return undefined
  }
}
