/** Where physmem's kernel module is, and what it is built with: names of files, and whether they exist. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The module's name, as /proc/modules has it. */
export const MODULE = 'physmem'

/** Where a kernel's headers, or its build tree, are found: a folder or a link. */
export function headersFolder(release: string, root: string): string {
  return join(root, 'lib/modules', release, 'build')
}

/** The kernel's headers; `undefined` when they are not installed. */
export function findHeaders(release: string, root: string): string | undefined {
  const folder = headersFolder(release, root)
  return existsSync(join(folder, 'Makefile')) ? folder : undefined
}

/** Where the module is put when it is built: for all users by root, or below one's own cache. */
export function buildFolder(release: string, root: string): string {
  return join(cacheFolder(root), release)
}

function cacheFolder(root: string): string {
  if (process.getuid?.() === 0) return join(root, 'var/lib/physmem/kmod')
  const { XDG_CACHE_HOME } = process.env
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'physmem/kmod')
}

/** As DKMS and distributions pack modules, which the kernel can unpack itself. */
const PACKED = ['.zst', '.xz', '.gz']

export const isPacked = (file: string): boolean => PACKED.some((ending) => file.endsWith(ending))

/** The module for a kernel, packed or not; `undefined` where there is none. */
export function findModule(release: string, root: string): string | undefined {
  const files = modulePlaces(release, root).flatMap((place) =>
    ['', ...PACKED].map((ending) => place + ending),
  )
  return files.find((file) => existsSync(file))
}

/** The places where a built module for a kernel may be, what DKMS installed first. */
export function modulePlaces(release: string, root: string): string[] {
  const installed = ['updates/dkms', 'updates', 'extra'].map((folder) =>
    join(root, 'lib/modules', release, folder),
  )
  return [...installed, buildFolder(release, root)].map((folder) => join(folder, `${MODULE}.ko`))
}
