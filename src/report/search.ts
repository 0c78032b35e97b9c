import type { ShownAddress } from '../operate/shown-address.ts'
import type { RangeReport } from './range.ts'

/** `physmem search --json`. */
export interface SearchDocument extends RangeReport {
  /** As it was given. */
  pattern: string
  /** The same in bytes, as they lie in memory: two hexadecimal digits each and nothing between them, as `data` has them; `?` for any digit. */
  patternBytes: string
  matches: MatchReport[]
}

export interface MatchReport {
  place: string
  address: ShownAddress
  data: Uint8Array
}
