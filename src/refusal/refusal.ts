import type { Remedy } from '../base/cure.ts'
import type { ErrorCode } from '../base/errors.ts'
import type { Evidence } from '../base/evidence.ts'

/** The one cause of a refusal, as far as it is known, and what helps. */
export interface Refusal extends Remedy {
  code: ErrorCode
  /** One line, to follow "…: ". */
  reason: string
  /** What shows that this is the cause. */
  evidence?: readonly Evidence[]
}
