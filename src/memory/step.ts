/** The steps of a program: what each does and gives. `program.ts` checks them, `encode.ts` writes them down. */
import type { Value, Width } from '../base/width.ts'

/** Pause between two loads of a wait that names none, in microseconds; 0 keeps a CPU busy. */
export const DEFAULT_INTERVAL_US = 100

/** How long a wait takes at most that names no time, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 1000

/** How the addresses of a block's elements run: `increment` by the width, or stay `fixed` (a FIFO). */
export type Stepping = 'increment' | 'fixed'

/** One load. Result: the value. */
export interface ReadStep {
  op: 'read'
  address: number
  width: Width
}

/** One store, and no load. */
export interface WriteStep {
  op: 'write'
  address: number
  width: Width
  value: Value
}

/** One load, then one store of `(old & ~mask) | (value & mask)`. Result: the old and the stored value. */
export interface UpdateStep {
  op: 'update'
  address: number
  width: Width
  mask: Value
  value: Value
}

/**
 * Loads until `(value & mask) === equals`, at least once; fails with ETIMEOUT when `timeoutMs` has
 * passed. With `negate` it waits until they differ. `intervalUs` pauses between loads: by default 100,
 * 0 for none.
 * Result: the last value and the time it took.
 */
export interface WaitStep {
  op: 'wait'
  address: number
  width: Width
  mask: Value
  equals: Value
  negate?: boolean
  timeoutMs: number
  intervalUs?: number
}

/**
 * `count` loads of `width` bits, each exactly once, in ascending order. Result: the bytes as they
 * lie in memory. With `onFault: 'skip'` an element that nothing answers (EFAULT_BUS) ends nothing,
 * and the next one is loaded: `Results.parts` says which they were. What has another reason, such
 * as the end of a file or a page that cannot be mapped, ends it all the same. Not with `stepping:
 * 'fixed'`.
 */
export interface ReadBlockStep {
  op: 'readBlock'
  address: number
  width: Width
  count: number
  stepping?: Stepping
  onFault?: 'stop' | 'skip'
}

/**
 * Stores of `width` bits from `data`, whose length is a multiple of the width, in ascending order.
 */
export interface WriteBlockStep {
  op: 'writeBlock'
  address: number
  width: Width
  data: Uint8Array
  stepping?: Stepping
}

/**
 * `count` stores of the same value at ascending addresses. All blocks and fills of a program: 1
 * GiB.
 */
export interface FillStep {
  op: 'fill'
  address: number
  width: Width
  count: number
  value: Value
}

/** Waits at least this long, in microseconds. */
export interface DelayStep {
  op: 'delay'
  us: number
}

/** A full barrier: every access before it is complete before any access after it. */
export interface FenceStep {
  op: 'fence'
}

/** `clean` writes changed lines back and keeps them; `flush` also drops them from the caches. */
export type CacheAction = 'clean' | 'flush'

/**
 * Does something to each cache line that holds any of `length` bytes, with a full barrier before and
 * after. Nothing is loaded or stored, except for what a dirty line holds. A memory whose accesses
 * pass no cache of this CPU has nothing to do; one whose caches cannot be reached refuses the
 * program.
 */
export interface CacheStep {
  op: 'cache'
  action: CacheAction
  address: number
  /** Bytes. */
  length: number
}

export type Step =
  | ReadStep
  | WriteStep
  | UpdateStep
  | WaitStep
  | ReadBlockStep
  | WriteBlockStep
  | FillStep
  | DelayStep
  | FenceStep
  | CacheStep

/** Elements that a step accesses one after the other; 1 for a step that is not a block. */
export function elementCount(step: Step): number {
  if (step.op === 'readBlock' || step.op === 'fill') return step.count
  return step.op === 'writeBlock' ? step.data.length / (step.width / 8) : 1
}

/** Whether the step accesses elements one after the other. */
export function isBlock(step: Step): step is ReadBlockStep | WriteBlockStep | FillStep {
  return step.op === 'readBlock' || step.op === 'writeBlock' || step.op === 'fill'
}

/** Whether the step stores anything. */
export function isWriting(step: Step): boolean {
  return (
    step.op === 'write' || step.op === 'update' || step.op === 'writeBlock' || step.op === 'fill'
  )
}

/** Bytes from address 0 to the end of what the step accesses; 0 when it accesses nothing. */
export function endOf(step: Step): number {
  if (!('address' in step)) return 0
  if (step.op === 'cache') return step.address + step.length
  const fixed = 'stepping' in step && step.stepping === 'fixed'
  return step.address + ((fixed ? 1 : elementCount(step)) * step.width) / 8
}

/** Nanoseconds that a delay takes, and that a wait takes at most; 0 of other steps. */
export function waitNs(step: Step): number {
  if (step.op === 'delay') return Math.round(step.us * 1000)
  return step.op === 'wait' ? Math.round(step.timeoutMs * 1e6) : 0
}
