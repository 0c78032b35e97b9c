import { join } from 'node:path'
import { addressLimit } from '../text/number.ts'
import { listFolder, readLine } from './read.ts'

/** A buffer of the u-dma-buf module. */
export interface DmaBuffer {
  /** As in /dev/NAME, `udmabuf0`. */
  name: string
  /**
   * `phys_addr`, which is really what the device must use (a dma_addr_t): behind an IOMMU, or
   * where a bus translates, it is not the physical address that the CPU uses.
   */
  physicalAddress: number
  /** Bytes. */
  size: number
}

/** The class was renamed with u-dma-buf 2.0. */
const classes = ['u-dma-buf', 'udmabuf']

/**
 * The buffers of u-dma-buf, by name; those whose address or size cannot be told are left out.
 * A mapping of one is a hole in /proc/PID/pagemap: only these files tell where it is.
 */
export function listDmaBuffers(root = '/'): DmaBuffer[] {
  return classes
    .map((name) => join(root, 'sys/class', name))
    .flatMap((folder) => listFolder(folder).flatMap((name) => readBuffer(folder, name) ?? []))
}

function readBuffer(folder: string, name: string): DmaBuffer | undefined {
  const physicalAddress = number(readLine(join(folder, name, 'phys_addr')))
  const size = number(readLine(join(folder, name, 'size')))
  if (physicalAddress === undefined || size === undefined || size === 0) return undefined
  return physicalAddress + size <= addressLimit ? { name, physicalAddress, size } : undefined
}

function number(text: string): number | undefined {
  const value = /^(0x[0-9a-f]{1,16}|\d{1,16})$/i.test(text) ? Number(text) : undefined
  return value !== undefined && value < addressLimit ? value : undefined
}
