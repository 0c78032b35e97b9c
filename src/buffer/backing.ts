import type { MapSource } from '../engine/source.ts'
import type { CacheOperation } from '../kmod/client/ioctl.ts'
import type { DmaCheck } from './dma-check.ts'

/** How the CPU's accesses to a buffer are cached. */
export type Caching = 'write-back' | 'write-combine' | 'uncached'

/** Where a buffer comes from. */
export type Origin = 'kmod' | 'hugetlb'

/** How a PCI function reaches a buffer. */
export interface Reach {
  /** The address that the function must use. */
  dmaAddress: number
  /** The highest address that it can have; `undefined` where that is not known. */
  highest: bigint | undefined
  /** Who says so. */
  source: string
  /** What stands between, in words, where that lets it through. */
  iommu: string
  /** Whether it sees the caches of the CPU, where that is known. */
  coherent?: boolean
}

/** What a buffer is made of: one file per origin. */
export interface Backing {
  readonly from: Origin
  /** Physical, of the first byte. */
  readonly address: number
  readonly length: number
  readonly caching: Caching
  /** Whether it stays where it is, and is in one piece, with reasons. */
  readonly held: readonly DmaCheck[]
  /** To be mapped; closing it does not close the buffer. */
  source(): MapSource
  /** `start` counts from the start of the buffer, and is checked. Throws what it cannot do. */
  cache(operation: CacheOperation, start: number, length: number): void
  /** Throws a PhysmemError where the function does not reach it. `pci` is checked. */
  reach(pci: string): Reach
  close(): void
}
