import type { Stretch } from '../operate/resolve.ts'
import { type ShownAddress, shownAddress } from '../operate/shown-address.ts'
import type { Gap } from '../operate/stream.ts'
import type { RangeReport } from './range.ts'

/** `physmem dump --json`. */
export interface DumpDocument extends RangeReport {
  fixed?: true
  /** What was read, without `-o`. */
  pieces?: PieceReport[]
  /** With `-o`. */
  file?: string
  /** How many were moved. */
  bytes: number
  /** What could not be read, with `--keep-going`. */
  missing: GapReport[]
}

export interface PieceReport {
  address: ShownAddress
  bytes: number
  data: Uint8Array
}

export interface GapReport {
  address: ShownAddress
  /** Bytes. */
  length: number
  reason: string
}

export function gapToJson({ offset, length, reason }: Gap, stretch: Stretch): GapReport {
  const { memory, address } = stretch
  return { address: shownAddress(memory, address + offset), length, reason }
}
