import type { DmaBuffer } from '../linux/udmabuf.ts'
import { formatAddress } from '../text/number.ts'

/** Why the physical address of a buffer is not known, to follow "…: ". */
export function behindIommu({ name, iommuGroup, dmaAddress }: DmaBuffer): string {
  const address = formatAddress(dmaAddress)
  return `${name} is behind an IOMMU (group ${iommuGroup}), so ${address}, its phys_addr, is an address for its device only`
}
