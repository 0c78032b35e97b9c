import type { Width } from '../base/width.ts'
import type { ShownAddress } from '../operate/shown-address.ts'
import type { DifferencesReport } from './differences.ts'

/** `physmem compare --json`. */
export interface CompareDocument extends DifferencesReport {
  left: PlaceSide
  right: PlaceSide | FileSide
  /** Bytes that were to be compared. */
  length: number
  width: Width
  equal: boolean
}

interface Side {
  /** Bytes that it has, where the other side has another number. */
  length?: number
}

export interface PlaceSide extends Side {
  place: string
  address: ShownAddress
}

export interface FileSide extends Side {
  file: string
}
