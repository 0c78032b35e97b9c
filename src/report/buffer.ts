import type { Caching, Origin } from '../buffer/backing.ts'
import type { DmaSafety } from '../buffer/dma-safety.ts'

/** `physmem buffer alloc --json`. */
export interface BufferDocument {
  address: number
  bytes: number
  caching: Caching
  from: Origin
  /** The PCI function that it is for, and whether that is safe. */
  pci?: string
  dma?: DmaSafety
}
