/** Where physmem's kernel module is, and what it is built with: names of files, and whether they exist. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Files } from './files.ts'
import { isThere } from './read.ts'

/** The module's name, as /proc/modules has it. */
export const MODULE = 'physmem'

/** Where a kernel's headers, or its build tree, are found: a folder or a link. */
export function headersFolder(release: string): string {
  return join('/lib/modules', release, 'build')
}

/** The kernel's headers; `undefined` when they are not installed. */
export function findHeaders(release: string, files: Files): string | undefined {
  const folder = headersFolder(release)
  return isThere(files, join(folder, 'Makefile')) ? folder : undefined
}

/** Where the module is put when it is built: for all users by root, or below one's own cache. */
export function buildFolder(release: string): string {
  return join(cacheFolder(), release)
}

function cacheFolder(): string {
  if (process.getuid?.() === 0) return '/var/lib/physmem/kmod'
  const { XDG_CACHE_HOME } = process.env
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'physmem/kmod')
}

/** As DKMS and distributions pack modules, which the kernel can unpack itself. */
const PACKED = ['.zst', '.xz', '.gz']

export const isPacked = (file: string): boolean => PACKED.some((ending) => file.endsWith(ending))

/** The module for a kernel, packed or not; `undefined` where there is none. */
export function findModule(release: string, files: Files): string | undefined {
  const names = modulePlaces(release).flatMap((place) =>
    ['', ...PACKED].map((ending) => place + ending),
  )
  return names.find((name) => isThere(files, name))
}

/** The places where a built module for a kernel may be, what DKMS installed first. */
export function modulePlaces(release: string): string[] {
  const installed = ['updates/dkms', 'updates', 'extra'].map((folder) =>
    join('/lib/modules', release, folder),
  )
  return [...installed, buildFolder(release)].map((folder) => join(folder, `${MODULE}.ko`))
}
