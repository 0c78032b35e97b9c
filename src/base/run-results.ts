import type { Value } from './width.ts'

/** Elements of a block that follow one another. */
export interface BlockPart {
  first: number
  count: number
  /** `undefined` for what was passed over. */
  bytes: Uint8Array | undefined
}

/** The results of a program, step by step. Nothing that was not read is ever shown as zero. */
export interface RunResults {
  /** Steps done completely; 0 of a program that was refused, whichever step was wrong. */
  readonly done: number
  /**
   * The value that a `read` loaded, that an `update` found, or that a `wait` saw last.
   * A `bigint` at 64 bits, otherwise a `number`. Throws ERANGE for a step that was not done.
   */
  value(step: number): Value
  /** The value that an `update` stored. */
  written(step: number): Value
  /** How long a `wait` took, in microseconds. */
  elapsedUs(step: number): number
  /**
   * The bytes that a `readBlock` loaded, as they lie in memory. Throws EUNREADABLE when elements were
   * passed over: `parts` has the others.
   */
  bytes(step: number): Uint8Array
  /** The bytes of the leading `elements` of a block step that failed after them. */
  partialBytes(step: number, elements: number): Uint8Array
  /**
   * The leading `elements` of a `readBlock` step (default: all) in order: the bytes of what was read,
   * and `undefined` for what was passed over since nothing answered.
   */
  parts(step: number, elements?: number): BlockPart[]
  /** What a failed or timed-out `wait` saw last; only for building its error. */
  lastSeen(step: number): Value
}
