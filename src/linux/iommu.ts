import { join } from 'node:path'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { pciFolder } from './pci.ts'
import { linkName, listFolder, readLine } from './read.ts'

/** The IOMMU group of a PCI function. */
export interface IommuGroup {
  number: string
  /**
   * drivers/iommu/iommu.c, iommu_group_show_type(): `DMA` and `DMA-FQ` translate, `identity` does
   * not, `blocked` lets nothing through; `unknown` where the kernel does not tell (before 5.11).
   */
  type: string
}

const GROUPS = '/sys/kernel/iommu_groups'

/** The group of a function; `undefined` where no IOMMU stands before it. */
export function readIommuGroup(device: string, files: Files = filesAt()): IommuGroup | undefined {
  const number = linkName(files, join(pciFolder(device), 'iommu_group'))
  if (number === undefined) return undefined
  return { number, type: groupTypeOf(number, files) }
}

/** The type of a group, as `IommuGroup` has it. */
export function groupTypeOf(number: string, files: Files): string {
  return readLine(files, join(GROUPS, number, 'type')) || 'unknown'
}

/** Whether any device of this machine stands behind an IOMMU. */
export function hasIommu(files: Files = filesAt()): boolean {
  return listFolder(files, GROUPS).length > 0
}

/**
 * How many bits the addresses have that the driver of a function told the kernel it can reach; 32
 * where no driver said anything. `undefined` where that is not known.
 */
export function readDmaMaskBits(device: string, files: Files = filesAt()): number | undefined {
  const text = readLine(files, join(pciFolder(device), 'dma_mask_bits'))
  const bits = /^[0-9]{1,2}$/.test(text) ? Number(text) : 0
  return bits >= 1 && bits <= 64 ? bits : undefined
}
