import type { ElementReport } from './element.ts'

/** `physmem wait --json`. */
export interface WaitDocument {
  /** Whether the last look met all conditions. */
  met: boolean
  elapsedUs: number
  /** In the order given. */
  conditions: ConditionReport[]
}

/** A condition, and what the last look saw. */
export interface ConditionReport extends ElementReport {
  /** As it was given. */
  condition: string
  /** Whether the last look met this one. */
  met: boolean
}
