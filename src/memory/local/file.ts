import { closeSync, type Stats, statSync } from 'node:fs'
import { RequestError } from '../../errors.ts'
import type { Refusal } from '../../refusal/refusal.ts'
import { openNode } from './open-node.ts'
import type { MapSource, Mode } from './source.ts'

/**
 * Any file or device node that can be mapped. A regular file has the length that it had when it was
 * opened; of a device node only an access can tell.
 */
export function openFile(path: string, mode: Mode): MapSource {
  checkKind(path)
  const { fd, status } = openNode(path, mode)
  const regularFile = status.isFile()
  return {
    name: path,
    fd,
    mode,
    base: 0,
    length: regularFile ? status.size : undefined,
    regularFile,
    explain,
    close: () => closeSync(fd),
  }
}

/** Throws ENOPLACE for what cannot be mapped. Before it is opened: to open a pipe for reading would wait until somebody writes. */
export function checkKind(path: string): void {
  const status = statusOf(path)
  if (status?.isDirectory()) {
    throw absent(path, `${path} is a directory: expected a file or a device node`)
  }
  if (status?.isFIFO() || status?.isSocket()) {
    throw absent(path, `${path} is a pipe or a socket: it cannot be mapped`)
  }
}

/** `undefined` when there is none: opening it says why. */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

function absent(place: string, message: string): RequestError {
  return new RequestError('ENOPLACE', message, { place })
}

function explain(errno: string): Refusal {
  switch (errno) {
    case 'ENODEV':
      return {
        code: 'EREFUSED',
        reason: 'its driver or file system does not support mmap (ENODEV)',
      }
    case 'EACCES':
      return { code: 'EPERMISSION', reason: 'it was not opened for this (EACCES)' }
    case 'EPERM':
      return { code: 'EREFUSED', reason: 'the kernel does not permit it (EPERM)' }
    case 'EINVAL':
    case 'EOVERFLOW':
    case 'ENXIO':
      return { code: 'EREFUSED', reason: `the driver has no memory at this offset (${errno})` }
    default:
      return { code: 'EREFUSED', reason: `mmap failed with ${errno}` }
  }
}
