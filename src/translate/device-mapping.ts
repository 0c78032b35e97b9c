/**
 * Memory of devices in the mappings of a process. pagemap shows it as a hole, so that it is told by
 * what was mapped; and a process can map much under any name. Three things must hold:
 * - the mapping is one of frames alone (`pf` of VmFlags), which no file of a disk ever is;
 * - the path is that of a file which maps physical memory;
 * - the mapped file is the very one of that path here, by file system and inode: another mount
 *   namespace may have something else there.
 */

import type { FileStatus, Files } from '../linux/files.ts'
import type { Mapping } from '../linux/maps.ts'
import { pciFolder, readBars } from '../linux/pci.ts'
import type { MappingDetails } from '../linux/smaps.ts'
import { isDmaBuffer, listDmaBuffers } from '../linux/udmabuf.ts'
import { listUio } from '../linux/uio.ts'
import { behindIommu } from '../refusal/udmabuf.ts'

/** Device memory that a process has mapped: where the first byte of the mapping is, or why not. */
export type DeviceMapping =
  | {
      /** Physical address of the mapping's first byte. */
      address: number
      /** What tells it, for people: `/dev/mem`, `BAR 0 of 0000:00:04.0`, `map 0 (regs) of uio0`. */
      source: string
    }
  | {
      address: undefined
      /** Why it has none that is known, to follow "…: ". */
      why: string
    }

/** How a mapped file tells its physical addresses; the groups of the pattern come in `parts`. */
interface Kind {
  path: RegExp
  /** Whether there is such a file, where its name may be any. */
  exists?(parts: readonly string[], files: Files): boolean
  /** Where this machine has the file. */
  file(path: string, parts: readonly string[]): string
  resolve(mapping: Mapping, parts: readonly string[], find: Lookup): DeviceMapping | undefined
}

interface Lookup {
  pageSize: number
  files: Files
}

const node = (path: string) => path

const kinds: readonly Kind[] = [
  {
    // drivers/char/mem.c, mmap_mem, and kmod/physmem.h: the offset is the physical address
    path: /^\/dev\/(mem|physmem)$/,
    file: node,
    resolve: ({ offset, path }) => ({ address: Number(offset), source: path }),
  },
  {
    path: /^\/sys\/devices\/(?:[^/]+\/)*(\w{4,}:\w\w:\w\w\.\w)\/resource(\d)(_wc)?$/,
    file: (_path, [device = '', number, suffix = '']) =>
      `${pciFolder(device)}/resource${number}${suffix}`,
    resolve: resolveBar,
  },
  {
    path: /^\/dev\/uio(\d+)$/,
    file: node,
    resolve: resolveUio,
  },
  {
    path: /^\/dev\/([^/]+)$/,
    exists: ([name = ''], files) => isDmaBuffer(name, files),
    file: node,
    resolve: resolveBuffer,
  },
]

/**
 * drivers/pci/mmap.c, pci_mmap_resource_range: the kernel adds the page of the BAR's start to the
 * offset of the mapping, and shows the sum. A BAR smaller than a page may begin inside of one.
 */
function resolveBar(
  mapping: Mapping,
  [device = '', number = '']: readonly string[],
  { pageSize, files }: Lookup,
): DeviceMapping | undefined {
  const bar = readBars(device, files).find((one) => one.number === Number(number))
  if (bar === undefined || bar.kind !== 'memory') return undefined
  const address = Number(mapping.offset)
  const first = bar.start - (bar.start % pageSize)
  const end = Math.ceil((bar.start + bar.length) / pageSize) * pageSize
  if (address < first || address + lengthOf(mapping) > end) return undefined
  return { address, source: `BAR ${number} of ${device}` }
}

/** drivers/uio/uio.c, uio_find_mem_index: the offset is the number of the map, in pages. */
function resolveUio(
  mapping: Mapping,
  [number = '']: readonly string[],
  { pageSize, files }: Lookup,
): DeviceMapping | undefined {
  const device = listUio(files).find((one) => one.number === Number(number))
  const map = device?.maps.find((one) => one.number === Number(mapping.offset) / pageSize)
  if (map?.address === undefined) return undefined
  // The file shows the exact address, the mapping begins at its page.
  const address = map.address - (map.address % pageSize)
  // What is longer is the rest of a mapping of another map, whose beginning was unmapped.
  const pages = Math.ceil(((map.address % pageSize) + map.offset + map.length) / pageSize)
  if (lengthOf(mapping) > pages * pageSize) return undefined
  const name = map.name === '' ? '' : ` (${map.name})`
  return { address, source: `map ${map.number}${name} of uio${number}` }
}

/** The offset is that in the buffer. */
function resolveBuffer(
  mapping: Mapping,
  [name]: readonly string[],
  { pageSize, files }: Lookup,
): DeviceMapping | undefined {
  const buffer = listDmaBuffers(files).find((one) => one.name === name)
  if (buffer === undefined) return undefined
  const size = Math.ceil(buffer.length / pageSize) * pageSize
  if (Number(mapping.offset) + lengthOf(mapping) > size) return undefined
  if (buffer.physicalAddress === undefined) {
    return { address: undefined, why: behindIommu(buffer) }
  }
  const address = buffer.physicalAddress + Number(mapping.offset)
  return { address, source: `the buffer ${name}` }
}

function lengthOf({ start, end }: Mapping): number {
  return Number(end - start)
}

/** Whether a mapping has the name of device memory, as any file may: whether it is worth a look. */
export function isNamedAsDevice({ path }: Mapping, files: Files): boolean {
  return kinds.some((kind) => partsOf(kind, path, files) !== undefined)
}

function partsOf({ path: pattern, exists }: Kind, path: string, files: Files) {
  const parts = pattern.exec(path)?.slice(1)
  return parts === undefined || exists?.(parts, files) === false ? undefined : parts
}

/**
 * Where the memory of a mapping is of which pagemap shows a hole. `undefined` for what is not a
 * mapping of device memory, or cannot be resolved.
 */
export function resolveDeviceMapping(
  mapping: MappingDetails,
  find: Lookup,
): DeviceMapping | undefined {
  if (!mapping.flags.includes('pf')) return undefined
  for (const kind of kinds) {
    const parts = partsOf(kind, mapping.path, find.files)
    if (parts === undefined) continue
    const isSame = isMapped(mapping, find.files.status(kind.file(mapping.path, parts)))
    return isSame ? kind.resolve(mapping, parts, find) : undefined
  }
  return undefined
}

/** Whether a file is the one that was mapped; one that is not there, or not for this user, is not. */
function isMapped({ device, inode }: Mapping, file: FileStatus | undefined): boolean {
  // Numbers that a double does not hold may be those of another file.
  if (file === undefined || !Number.isSafeInteger(file.ino)) return false
  return showDevice(BigInt(file.dev)) === device && BigInt(file.ino) === inode
}

/** As maps has it, `08:01`; the packing of gnu_dev_makedev, glibc's sys/sysmacros.h. */
export function showDevice(dev: bigint): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xffff_f000n)
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffff_ff00n)
  return [major, minor].map((part) => part.toString(16).padStart(2, '0')).join(':')
}
