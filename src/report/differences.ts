import type { Value } from '../base/width.ts'
import type { Comparison } from '../operate/compare.ts'

export interface DifferencesReport {
  /** Elements. */
  differing: number
  /** Bytes that differ, of all these elements. */
  differingBytes: number
  /** The first of the elements. */
  differences: DifferenceReport[]
}

export interface DifferenceReport {
  /** Bytes from the start of both. */
  offset: number
  left: Value
  right: Value
}

export function differencesToJson({ count, bytes, differences }: Comparison): DifferencesReport {
  return { differing: count, differingBytes: bytes, differences }
}
