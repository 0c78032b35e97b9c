/** One thing that must be so before a device may use a buffer. */
export interface DmaCheck {
  what: 'pinned' | 'contiguous' | 'limit' | 'iommu'
  result: 'yes' | 'no' | 'unknown'
  /** Why, in words. */
  reason: string
}
