import { realpathSync, type Stats, statfsSync, statSync } from 'node:fs'
import { type CharDevice, readCharDevice } from '../linux/char-device.ts'
import { deviceName } from '../linux/device-name.ts'
import type { Files } from '../linux/files.ts'
import { type FilePosition, positionOf } from '../linux/mounts.ts'
import type { OffsetOwner } from '../refusal/other-offsets.ts'
import type { PciBar } from './pci.ts'

/**
 * What an offset means to the mmap of a file or device node:
 *
 * - `bytes`: the byte at that offset
 * - `bar`: a byte after the start of the page in which this BAR starts
 * - `other`: something else (a map, a region, a handle): such a node is never mapped by its path
 * - `unknown`: nobody but its driver knows, except for 0, which is its start
 */
export type NodeKind =
  | { kind: 'bytes' }
  | { kind: 'bar'; bar: PciBar }
  | { kind: 'other'; owner: OffsetOwner; device: CharDevice }
  | { kind: 'unknown' }

const BYTES: NodeKind = { kind: 'bytes' }
const UNKNOWN: NodeKind = { kind: 'unknown' }

/** drivers/char/mem.c: /dev/mem, and /dev/zero, which is the same everywhere. */
const BYTE_NUMBERS = ['1:1', '1:5']

/**
 * Classes of which every device takes bytes: drivers/dax/device.c, and u-dma-buf.c (its class was
 * renamed with 2.0).
 */
const BYTE_CLASSES = ['dax', 'u-dma-buf', 'udmabuf']

/** Devices of the class `misc` that take bytes: kmod/physmem.h. */
const BYTE_MISC = ['physmem']

/** In /proc: fs/proc/vmcore.c, the memory of the kernel that crashed, after an ELF header. */
const BYTE_PROC = ['/vmcore']

/** Classes whose devices take something else. */
const OTHER_CLASSES: Readonly<Record<string, OffsetOwner>> = {
  uio: 'uio', // drivers/uio/uio.c, uio_find_mem_index(): the number of a map, in pages
  vfio: 'vfio', // drivers/vfio/pci/vfio_pci_core.c, vfio_pci_core_mmap(): a region, from bit 40 on
  'vfio-dev': 'vfio',
  drm: 'drm', // drivers/gpu/drm/drm_gem.c, drm_gem_mmap(): the handle of a buffer
  accel: 'drm', // drivers/accel/drm_accel.c: the same
}

/** The kind of what is at a path. Opens nothing; `status` is that of what the path leads to. */
export function nodeKind(path: string, status: Stats, files: Files): NodeKind {
  if (status.isBlockDevice()) return BYTES
  if (status.isCharacterDevice()) return charKind(deviceName(status.rdev), files)
  return fileKind(path, status, files)
}

function charKind(number: string, files: Files): NodeKind {
  if (BYTE_NUMBERS.includes(number)) return BYTES
  const device = readCharDevice(number, files)
  const { subsystem = '', name } = device
  if (BYTE_CLASSES.includes(subsystem)) return BYTES
  if (subsystem === 'misc' && BYTE_MISC.includes(name)) return BYTES
  if (subsystem === 'misc' && name === 'vfio') return { kind: 'other', owner: 'vfio', device }
  const owner = OTHER_CLASSES[subsystem]
  return owner === undefined ? UNKNOWN : { kind: 'other', owner, device }
}

const PCI_FUNCTION = '[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]'
/** In sysfs (drivers/pci/pci-sysfs.c) and in /proc/bus/pci (drivers/pci/proc.c). */
const RESOURCE = new RegExp(`/(${PCI_FUNCTION})/resource([0-5])(_wc)?$`)
const PROC_FUNCTION = /^\/bus\/pci\/(?:([0-9a-f]{4,8}):)?([0-9a-f]{2})\/([0-9a-f]{2}\.[0-7])$/

/** What looks like a regular file may be a device, too, which neither shrinks nor has its bytes. */
function fileKind(path: string, status: Stats, files: Files): NodeKind {
  const { type = fileSystemOf(path), path: inside } = positionAt(path, status, files) ?? {}
  if (type !== 'sysfs' && type !== 'proc') return type === undefined ? hidden(path) : BYTES
  if (inside === undefined) return hidden(path)
  if (type === 'sysfs') {
    const [, device, bar, combining] = RESOURCE.exec(inside) ?? []
    if (device === undefined) return UNKNOWN
    return {
      kind: 'bar',
      bar: { device, bar: Number(bar), writeCombining: combining !== undefined },
    }
  }
  if (BYTE_PROC.includes(inside)) return BYTES
  const [, domain = '0000', bus, rest] = PROC_FUNCTION.exec(inside) ?? []
  // drivers/pci/proc.c, proc_bus_pci_mmap(): an address on the bus.
  if (bus === undefined) return UNKNOWN
  const device = { subsystem: 'pci', name: path, parent: `${domain}:${bus}:${rest}` }
  return { kind: 'other', owner: 'procfs', device }
}

/** Through symbolic links, too. */
function positionAt(path: string, status: Stats, files: Files): FilePosition | undefined {
  return positionOf(realPath(path, status), deviceName(status.dev), files)
}

/**
 * `undefined` where the path leads elsewhere than its links read: /proc/PID/root is a link to `/`, and
 * leads to the root of that process.
 */
function realPath(path: string, { dev, ino }: Stats): string | undefined {
  try {
    const real = realpathSync(path)
    const there = statSync(real)
    return there.dev === dev && there.ino === ino ? real : undefined
  } catch {
    return undefined
  }
}

/** Which file it is nobody tells: it may be that of a BAR, of which even offset 0 is not the start. */
function hidden(path: string): NodeKind {
  const device = { subsystem: undefined, name: path, parent: undefined }
  return { kind: 'other', owner: 'hidden', device }
}

/** include/uapi/linux/magic.h */
const MAGIC_TYPES: Readonly<Record<number, string>> = { 1650812274: 'sysfs', 40864: 'proc' }

/**
 * The type of a file system that is not among the mounts, such as the sysfs of another network
 * namespace: it needs no /proc. `undefined` where it is not known.
 */
export function fileSystemOf(path: string): string | undefined {
  try {
    return MAGIC_TYPES[statfsSync(path).type] ?? 'another'
  } catch {
    return undefined
  }
}
