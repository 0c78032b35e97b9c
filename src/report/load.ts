import type { ShownAddress } from '../operate/shown-address.ts'
import type { DifferencesReport } from './differences.ts'
import type { RangeReport } from './range.ts'

/** `physmem load --json`. */
export interface LoadDocument extends Omit<RangeReport, 'address'>, Partial<DifferencesReport> {
  /** As far as it is known. */
  address?: ShownAddress | undefined
  /** As it was named. */
  file: string
  dryRun?: true
  /** How many were written. */
  bytes?: number
  /** With `--verify`, and then with what differs. */
  verified?: boolean
}
