/** What may be said of a run, and of a wait. */
import type { Value } from '../base/width.ts'
import type { Program } from './program.ts'

export interface RunOptions {
  /** Stops a wait, a delay or a long block at the next chance; the run rejects with EABORT. */
  signal?: AbortSignal
  /**
   * Where the bytes of `readBlock` steps may be put, to spare a fresh array: at least
   * `program.dataLength` bytes that start at a multiple of 8. The results are views of it then, good
   * until it is used again. A kind of memory may pass it over.
   */
  buffer?: Uint8Array
  /**
   * What will be run next, if this ends well, with its buffer: a memory far away may begin with it as soon
   * as this has ended there. What is not run after all may have been read all the same.
   *
   * @internal
   */
  ahead?: { program: Program; buffer?: Uint8Array } | undefined
}

export interface WaitOptions {
  /** Bits that are compared. Default: all. */
  mask?: Value
  equals: Value
  /** Wait until they differ instead. */
  negate?: boolean
  /** Milliseconds until ETIMEOUT. Default 1000. */
  timeoutMs?: number
  /** Pause between loads, in microseconds. Default 100; 0 for none, which keeps a CPU busy. */
  intervalUs?: number
  signal?: AbortSignal
}
