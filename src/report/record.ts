import type { LostLine, SampleLine } from '../operate/record/json-lines.ts'

/** One line of `physmem record --json`: a sample that is kept, samples that were lost, or the end. */
export type RecordDocument = SampleLine | LostLine | RecordEnd

/** The last line. */
export interface RecordEnd {
  /** Samples that were taken, and of them those that were kept, and those that were lost. */
  taken: number
  kept: number
  lost: number
  /** Periods in which no sample began, since one took too long. */
  missed: number
  /** Of the last sample that was taken, in nanoseconds since the start. */
  lastNs: number
  /** The files that were written. */
  files?: string[]
}
