import { closeSync, type Stats, statSync } from 'node:fs'
import { type PhysmemError, RefusedError, RequestError } from '../base/errors.ts'
import { openSource } from '../engine/node-source.ts'
import { openNode } from '../engine/open-node.ts'
import type { MapSource, Mode } from '../engine/source.ts'
import { systemAt } from '../engine/system-at.ts'
import { deviceName } from '../linux/device-name.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { explainDevMemOpen } from '../refusal/devmem.ts'
import { explainDevMemMap } from '../refusal/devmem-map.ts'
import { refusalError } from '../refusal/error.ts'
import { explainFileMap, explainFromStart } from '../refusal/file-map.ts'
import { explainOffsets } from '../refusal/other-offsets.ts'
import { filePlaceName } from '../text/place-name.ts'
import { fileSystemOf, type NodeKind, nodeKind } from './node-kind.ts'
import { pciBarSource } from './pci.ts'

/**
 * Any file or device node that can be mapped, at the byte that an offset means. A regular file has the
 * length that it had when it was opened; of a device node only an access can tell. The file of a BAR
 * in sysfs is the BAR. Of a character device that is not known to take bytes as offsets, nothing is
 * mapped but from its start on. Throws ENOPLACE for what is known to take something else, such as a
 * UIO device: the error names the places in it.
 */
export function openFile(path: string, mode: Mode, system: LocalSystem = systemAt()): MapSource {
  const before = statusOf(path)
  if (before === undefined) return openBytes(path, mode, undefined, system)
  checkKind(path, before)
  const kind = nodeKind(path, before, system.files)
  if (kind.kind === 'bar')
    return openSource(pciBarSource(kind.bar, mode, system.now()), system, path)
  if (kind.kind === 'other') throw offsetsError(path, kind, system.now())
  const source = openBytes(path, mode, before, system)
  return kind.kind === 'bytes' ? source : fromStart(source)
}

/** For a node whose offsets are not bytes: the error names the places in it. */
export function offsetsError(
  path: string,
  { owner, device }: Extract<NodeKind, { kind: 'other' }>,
  system: System,
): PhysmemError {
  const refusal = explainOffsets(owner, device, system)
  return refusalError(`${path} cannot be mapped by its path`, refusal, {
    place: filePlaceName(path),
  })
}

/** `before` is what was there when it was looked at: something else is not opened in its place. */
function openBytes(
  path: string,
  mode: Mode,
  before: Stats | undefined,
  system: LocalSystem,
): MapSource {
  const explainOpen = (errno: string) =>
    before && isDevMem(before) ? explainDevMemOpen(errno, system.now()) : undefined
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
    explain: explainerOf(path, status, system),
    close: () => closeSync(fd),
  }
}

/** By its numbers (drivers/char/mem.c), whatever it is called: its offsets are physical addresses. */
function isDevMem(status: Stats): boolean {
  return status.isCharacterDevice() && deviceName(status.rdev) === '1:1'
}

/** Why mmap refused what is at a path. */
export function explainerOf(
  path: string,
  status: Stats,
  system: LocalSystem,
): MapSource['explain'] {
  if (isDevMem(status)) return (errno, address) => explainDevMemMap(errno, address, system.now())
  return (errno) => explainFileMap(errno, fileSystemOf(path) === 'proc')
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
    explain: (errno, address) => explainFromStart(errno) ?? source.explain(errno, address),
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
