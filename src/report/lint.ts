import type { LintIssue } from '../describe/lint.ts'

/** `physmem lint --json`. */
export interface LintDocument {
  /** As it was given. */
  description: string
  /** What it describes. */
  device: string
  /** With all elements of what repeats. */
  blocks: number
  registers: number
  /** How many issues there are of each kind. */
  errors: number
  warnings: number
  /** The first of them. */
  issues: LintIssueReport[]
}

export interface LintIssueReport {
  severity: 'error' | 'warning'
  /** Which kind. */
  code: string
  /** What it is about; absent for the file itself. */
  path?: string
  message: string
  file: string
  /** From 1; absent where it is not known. */
  line?: number
  column?: number
}

export function lintIssueToJson({ path, ...issue }: LintIssue): LintIssueReport {
  return path === '' ? issue : { ...issue, path }
}
