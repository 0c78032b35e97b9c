import type { Value } from '../base/width.ts'
import type { Comparison } from '../operate/compare.ts'

export interface DifferencesReport {
  /** Elements. */
  differing: number
  /** The first of them. */
  differences: DifferenceReport[]
}

export interface DifferenceReport {
  /** Bytes from the start of both. */
  offset: number
  left: Value
  right: Value
}

export function differencesToJson({ count, differences }: Comparison): DifferencesReport {
  return { differing: count, differences }
}
