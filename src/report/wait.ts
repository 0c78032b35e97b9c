import type { ElementReport } from './element.ts'

/** `physmem wait --json`: one condition is the document, several are a list in it. */
export type WaitDocument = WaitReport & (ConditionReport | { conditions: MetCondition[] })

interface WaitReport {
  /** Whether the last look met all conditions. */
  met: boolean
  elapsedUs: number
}

/** A condition, and what the last look saw. */
export interface ConditionReport extends ElementReport {
  /** As it was given. */
  condition: string
}

/** One of several, and whether the last look met it. */
export interface MetCondition extends ConditionReport {
  met: boolean
}
