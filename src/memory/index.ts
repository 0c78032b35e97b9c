/**
 * Memories and programs, for those who add a kind of memory of their own.
 *
 * @module
 */

export type { Value, ValueOf, Width } from '../base/width.ts'
export { checkBounds, checkLimits, type Limits } from './bounds.ts'
export { type Clock, systemClock } from './clock.ts'
export { closedError } from './failure.ts'
export { type Bus, BusFault, interpret } from './interpreter.ts'
export { Memory } from './memory.ts'
export { Program } from './program.ts'
export { RunQueue } from './queue.ts'
export { type RawResults, Results } from './results.ts'
export type { RunOptions } from './run-options.ts'
export type { CacheAction, Step, Stepping } from './step.ts'
