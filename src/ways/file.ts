import { closeSync, type Stats, statSync } from 'node:fs'
import { type PhysmemError, RefusedError, RequestError } from '../base/errors.ts'
import { openNode } from '../engine/open-node.ts'
import type { MapSource, Mode } from '../engine/source.ts'
import { systemAt } from '../engine/system-at.ts'
import { deviceName } from '../linux/device-name.ts'
import { explainDevMemOpen } from '../refusal/devmem.ts'
import { explainDevMemMap } from '../refusal/devmem-map.ts'
import { refusalError } from '../refusal/error.ts'
import { explainOffsets } from '../refusal/other-offsets.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { filePlaceName } from '../text/place-name.ts'
import { fileSystemOf, type NodeKind, nodeKind } from './node-kind.ts'
import { openPciBar } from './pci.ts'

/**
 * Any file or device node that can be mapped, at the byte that an offset means. A regular file has the
 * length that it had when it was opened; of a device node only an access can tell. The file of a BAR
 * in sysfs is the BAR. Of a character device that is not known to take bytes as offsets, nothing is
 * mapped but from its start on. Throws ENOPLACE for what is known to take something else, such as a
 * UIO device: the error names the places in it.
 */
export function openFile(path: string, mode: Mode, root = '/'): MapSource {
  const before = statusOf(path)
  if (before === undefined) return openBytes(path, mode, undefined, root)
  checkKind(path, before)
  const kind = nodeKind(path, before, root)
  if (kind.kind === 'bar') return openPciBar(kind.bar, mode, root, { file: path })
  if (kind.kind === 'other') throw offsetsError(path, kind, root)
  const source = openBytes(path, mode, before, root)
  return kind.kind === 'bytes' ? source : fromStart(source)
}

/** For a node whose offsets are not bytes: the error names the places in it. */
export function offsetsError(
  path: string,
  { owner, device }: Extract<NodeKind, { kind: 'other' }>,
  root: string,
): PhysmemError {
  const refusal = explainOffsets(owner, device, systemAt(root))
  return refusalError(`${path} cannot be mapped by its path`, refusal, {
    place: filePlaceName(path),
  })
}

/** `before` is what was there when it was looked at: something else is not opened in its place. */
function openBytes(path: string, mode: Mode, before: Stats | undefined, root: string): MapSource {
  const explainOpen = (errno: string) =>
    before && isDevMem(before) ? explainDevMemOpen(errno, systemAt(root)) : undefined
  const { fd, status } = openNode(path, mode, explainOpen)
  if (before === undefined || !isSame(before, status)) {
    closeSync(fd)
    const message = `${path} was replaced while it was opened`
    throw new RefusedError('EOPEN', message, { place: filePlaceName(path) })
  }
  const regularFile = status.isFile()
  return {
    name: path,
    fd,
    mode,
    base: 0,
    length: regularFile ? status.size : undefined,
    regularFile,
    explain: explainerOf(path, status, root),
    close: () => closeSync(fd),
  }
}

/** By its numbers (drivers/char/mem.c), whatever it is called: its offsets are physical addresses. */
function isDevMem(status: Stats): boolean {
  return status.isCharacterDevice() && deviceName(status.rdev) === '1:1'
}

/** Why mmap refused what is at a path. */
export function explainerOf(path: string, status: Stats, root: string): MapSource['explain'] {
  if (isDevMem(status)) return (errno, address) => explainDevMemMap(errno, address, systemAt(root))
  return (errno) => {
    // fs/proc/inode.c, pde_mmap(): no file of /proc but a few has what is mapped.
    const isText = errno === 'EIO' && fileSystemOf(path) === 'proc'
    if (!isText) return explainFileMap(errno)
    return {
      code: 'EREFUSED',
      reason: 'a file of /proc is generated when it is read, and is not memory (EIO)',
    }
  }
}

function isSame(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino && one.rdev === other.rdev
}

/**
 * Of a driver that node-kind.ts does not list, offset 0 is taken for the start, and no other is tried:
 * what lies past it is reached by a mapping that is long enough. A driver that has less refuses it.
 */
function fromStart(source: MapSource): MapSource {
  return {
    ...source,
    length: undefined,
    regularFile: false,
    wholeOnly: true,
    explain: (errno, address) => {
      const { code, reason } = source.explain(errno, address)
      const drivers = ['EINVAL', 'ENXIO', 'EOVERFLOW'].includes(errno)
      return drivers
        ? { code, reason: `its driver does not map as much (${errno})` }
        : { code, reason }
    },
  }
}

/**
 * Throws ENOPLACE for what cannot be mapped; for what is not there opening it says why. Before it is
 * opened: to open a pipe for reading would wait until somebody writes.
 */
export function checkKind(path: string, status: Stats | undefined = statusOf(path)): void {
  if (status?.isDirectory()) {
    throw absentFile(path, `${path} is a directory: expected a file or a device node`)
  }
  if (status?.isFIFO() || status?.isSocket()) {
    throw absentFile(path, `${path} is a pipe or a socket: it cannot be mapped`)
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

function absentFile(path: string, message: string): RequestError {
  return new RequestError('ENOPLACE', message, { place: filePlaceName(path) })
}

function explainFileMap(errno: string): Refusal {
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
