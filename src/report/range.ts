import type { Width } from '../base/width.ts'
import type { ShownAddress } from '../operate/shown-address.ts'

/** A range that was asked for. */
export interface RangeReport {
  /** As the command line takes it. */
  place: string
  address: ShownAddress
  /** Bytes. */
  length: number
  width: Width
}
