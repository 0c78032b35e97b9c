import type { ShownAddress } from '../operate/shown-address.ts'

/** `physmem cache --json`. */
export interface CacheDocument {
  place: string
  address: ShownAddress
  /** Bytes that were asked for. */
  length: number
  action: 'clean' | 'flush' | 'invalidate'
  /** 0 of what is not cached. */
  lines: number
  lineBytes?: number
  /** What did it; absent where the kernel module did. */
  instruction?: string
}
