import { basename } from 'node:path'
import type { Files } from './files.ts'

/** The text of a file, or `undefined` where it cannot be read. */
export function readText(files: Files, path: string): string | undefined {
  return files.text(path)
}

/** The text without blanks around it; empty where the file cannot be read. */
export function readLine(files: Files, path: string): string {
  return files.text(path)?.trim() ?? ''
}

/** At most `length` bytes from the start of a file; none where it is closed to us. */
export function readStart(files: Files, path: string, length: number): Uint8Array {
  return files.bytes(path, length) ?? new Uint8Array(0)
}

/** Whether anything is at a path. */
export function isThere(files: Files, path: string): boolean {
  return files.status(path) !== undefined
}

/** The names in a folder, sorted; none where it cannot be read. */
export function listFolder(files: Files, folder: string): string[] {
  return [...files.list(folder)]
}

/** The numbers N of all names `prefixN` in a folder, rising. */
export function listNumbered(files: Files, folder: string, prefix: string): number[] {
  return listFolder(files, folder)
    .filter((name) => name.startsWith(prefix) && /^\d{1,9}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b)
}

/** The last part of what a symbolic link leads to, as sysfs names drivers; or `undefined`. */
export function linkName(files: Files, link: string): string | undefined {
  const target = files.link(link)
  return target === undefined ? undefined : basename(target)
}
