import { closeSync, existsSync, fstatSync, lstatSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type PhysmemError, RefusedError, RequestError } from '../../base/errors.ts'
import { parseFlattened } from './flattened.ts'
import { maxTreeBytes } from './header.ts'
import { liveTree } from './live.ts'
import type { DeviceTree } from './tree.ts'

/**
 * The device tree of the machine below `root`: the live one, else the flattened one that it was
 * started with (which only root may read), else `undefined`. Throws EPERMISSION or EOPEN when there
 * is only a flattened one that cannot be read, and EDEVICETREE when it is damaged.
 */
export function openDeviceTree(root = '/'): DeviceTree | undefined {
  const live = ['sys/firmware/devicetree/base', 'proc/device-tree']
    .map((folder) => join(root, folder))
    .find(isFolder)
  if (live !== undefined) return liveTree(live)
  const flattened = join(root, 'sys/firmware/fdt')
  return existsSync(flattened) ? readDeviceTree(flattened) : undefined
}

/** Not what a link leads to: below another root, the link of /proc would lead out of it. */
function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** A tree in a file: `.dtb`. Throws ENOPLACE, EPERMISSION, EOPEN, or EDEVICETREE for what is none. */
export function readDeviceTree(file: string): DeviceTree {
  return parseFlattened(readBeginning(file), file)
}

/** As much as a tree may have: what is no tree may be of any length. */
function readBeginning(file: string): Uint8Array {
  try {
    // Before it is opened: to open a pipe would wait until somebody writes.
    if (!statSync(file).isFile()) {
      throw new RequestError('ENOPLACE', `${file} is no file: expected a device tree`, {
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
    throw unreadable(file, error)
  }
}

function unreadable(file: string, cause: unknown): PhysmemError {
  if (cause instanceof RequestError) return cause
  const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
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
        `${what}: its permissions do not let this user (${errno})`,
        { ...data, cure: 'run it as root' },
        { cause },
      )
    default:
      return new RefusedError('EOPEN', `${what}: ${errno}`, data, { cause })
  }
}
