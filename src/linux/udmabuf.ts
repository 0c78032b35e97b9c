import { join } from 'node:path'
import { ADDRESS_LIMIT } from '../base/limits.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { groupTypeOf } from './iommu.ts'
import { isThere, linkName, listFolder, readLine } from './read.ts'

/** A buffer of the u-dma-buf module. */
export interface DmaBuffer {
  /** As in /dev/NAME: `udmabuf0`, or a name of its own, such as `image_buf0`. */
  name: string
  /**
   * The file `phys_addr`, which is really what the device must use (u-dma-buf.c shows a dma_addr_t):
   * an address of the bus.
   */
  dmaAddress: number
  /** The same where that is what the CPU uses, too; `undefined` behind an IOMMU that translates. */
  physicalAddress: number | undefined
  /** The IOMMU group of the device, where one stands before it that translates. */
  iommuGroup?: string
  /** Bytes. */
  length: number
}

/** The class was renamed with u-dma-buf 2.0. */
const classes = ['u-dma-buf', 'udmabuf']

/**
 * The buffers of u-dma-buf, by name; those whose address or size cannot be determined are left out.
 * A mapping of one is a hole in /proc/PID/pagemap: only these files tell where it is.
 */
export function listDmaBuffers(files: Files = filesAt()): DmaBuffer[] {
  return classes
    .map((name) => `/sys/class/${name}`)
    .flatMap((folder) =>
      listFolder(files, folder).flatMap((name) => readBuffer(folder, name, files) ?? []),
    )
}

/** Whether a buffer has this name. */
export function isDmaBuffer(name: string, files: Files): boolean {
  return classes.some((folder) => isThere(files, join('/sys/class', folder, name, 'phys_addr')))
}

function readBuffer(folder: string, name: string, files: Files): DmaBuffer | undefined {
  const dmaAddress = number(readLine(files, join(folder, name, 'phys_addr')))
  const length = number(readLine(files, join(folder, name, 'size')))
  if (dmaAddress === undefined || length === undefined || length === 0) return undefined
  if (dmaAddress + length > ADDRESS_LIMIT) return undefined
  const iommuGroup = translatingGroup(join(folder, name), files)
  if (iommuGroup === undefined) return { name, dmaAddress, physicalAddress: dmaAddress, length }
  return { name, dmaAddress, physicalAddress: undefined, length, iommuGroup }
}

/** The device that the buffer was made for is its parent: u-dma-buf.c, udmabuf_object_create(). */
function translatingGroup(folder: string, files: Files): string | undefined {
  const group = linkName(files, join(folder, 'device/iommu_group'))
  return group === undefined || groupTypeOf(group, files) === 'identity' ? undefined : group
}

function number(text: string): number | undefined {
  const value = /^(0x[0-9a-f]{1,16}|\d{1,16})$/i.test(text) ? Number(text) : undefined
  return value !== undefined && value < ADDRESS_LIMIT ? value : undefined
}
