/** Device trees in files that a user names, wherever these are: on this machine. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { type PhysmemError, RefusedError, RequestError } from '../../base/errors.ts'
import { parseFlattened } from './flattened.ts'
import { maxTreeBytes } from './header.ts'
import type { DeviceTree } from './tree.ts'

/** A tree in a file: `.dtb`. Throws ENOPLACE, EPERMISSION, EOPEN, or EDEVICETREE for what is none. */
export function readDeviceTree(file: string): DeviceTree {
  return parseFlattened(readBeginning(file), file)
}

/** As much as a tree may have: what is not a tree may be of any length. */
function readBeginning(file: string): Uint8Array {
  try {
    // Before it is opened: to open a pipe would wait until somebody writes.
    if (!statSync(file).isFile()) {
      throw new RequestError('ENOPLACE', `${file} is not a file: expected a device tree`, {
        place: `dtb:${file}`,
      })
    }
    const fd = openSync(file, 'r')
    try {
      const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, maxTreeBytes))
      let length = 0
      for (let read = -1; read !== 0 && length < bytes.length; length += read) {
        read = readSync(fd, bytes, length, bytes.length - length, length)
      }
      return bytes.subarray(0, length)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (error instanceof RequestError) throw error
    throw unreadable(file, (error as NodeJS.ErrnoException).code, error)
  }
}

/** Why a tree could not be read. To be thrown by the caller. */
export function unreadable(file: string, errno = 'unknown error', cause?: unknown): PhysmemError {
  const data = { place: `dtb:${file}`, errno }
  const what = `${file} cannot be read`
  switch (errno) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new RequestError('ENOPLACE', `${what}: there is no such file`, data, { cause })
    case 'EACCES':
    case 'EPERM':
      return new RefusedError(
        'EPERMISSION',
        `${what}: its permissions do not allow it (${errno})`,
        { ...data, cure: 'run it as root' },
        { cause },
      )
    default:
      return new RefusedError('EOPEN', `${what}: ${errno}`, data, { cause })
  }
}
