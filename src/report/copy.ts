import type { Width } from '../base/width.ts'
import type { ShownAddress } from '../operate/shown-address.ts'

/** `physmem copy --json`. */
export interface CopyDocument {
  from: EndReport
  to: EndReport
  /** Bytes that were asked for. */
  length: number
  width: Width
  /** Bytes that were moved. */
  bytes?: number
  dryRun?: true
}

/** One end of a copy; the address as far as it is known. */
export interface EndReport {
  place: string
  address?: ShownAddress | undefined
}
