import { closeSync, constants, openSync, writeSync } from 'node:fs'

/** What the kernel answered to a write to one of its files. */
export class SysfsError extends Error {
  readonly errno: string

  constructor(path: string, cause: unknown) {
    const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
    super(`${path}: ${errno}`, { cause })
    this.errno = errno
  }
}

/**
 * Writes a text to a file of sysfs, by one write(2) and without reading: many are for writing only.
 * Returns when the kernel has done what that asks for. Throws a SysfsError.
 */
export function writeSysfs(path: string, text: string): void {
  try {
    const fd = openSync(path, constants.O_WRONLY | constants.O_TRUNC)
    try {
      writeSync(fd, text)
    } finally {
      closeSync(fd)
    }
  } catch (cause) {
    throw new SysfsError(path, cause)
  }
}
