import type { Value } from '../base/width.ts'
import type { RangeReport } from './range.ts'

/** `physmem fill --json`. */
export interface FillDocument extends RangeReport {
  value: Value
  /** How many were written. */
  bytes?: number
  dryRun?: true
}
