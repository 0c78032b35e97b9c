import type { ErrorCode } from '../errors.ts'

/** A line of a file that shows why. */
export interface Evidence {
  /** As a person would open it, for example `/sys/kernel/security/lockdown`. */
  file: string
  /** The line, or the part of it that counts. */
  line: string
}

/** The one cause of a refusal, as far as it can be told. */
export interface Refusal {
  code: ErrorCode
  /** One line, to stand behind "…: ". */
  reason: string
  /** What to do about it, one sentence: what is best first. */
  cure?: string
  /** The same as single steps that each help alone, in order of preference. */
  cures?: readonly string[]
  /** What shows that this is the cause. */
  evidence?: readonly Evidence[]
}
