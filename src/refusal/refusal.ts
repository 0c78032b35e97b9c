import type { ErrorCode } from '../base/errors.ts'
import type { Evidence } from '../base/evidence.ts'

/** The one cause of a refusal, as far as it is known. */
export interface Refusal {
  code: ErrorCode
  /** One line, to follow "…: ". */
  reason: string
  /** What to do about it, one sentence: what is best first. */
  cure?: string
  /** The same as single steps that each help alone, in order of preference. */
  cures?: readonly string[]
  /** The command lines that the cure is made of, in this order. */
  steps?: readonly string[]
  /** What shows that this is the cause. */
  evidence?: readonly Evidence[]
}
