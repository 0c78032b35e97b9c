import { ConditionError, PhysmemError, RequestError } from '../../base/errors.ts'
import { adviceOf, cureOf } from '../../report/error.ts'
import { printable } from '../../text/refuse.ts'
import type { LineWords } from '../../wording/cure.ts'

/** 0 done, 1 failed or refused, 2 the command line is wrong, 3 the condition was not met. */
export type ExitCode = 0 | 1 | 2 | 3

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof RequestError) return 2
  if (error instanceof ConditionError && error.code === 'ETIMEOUT') return 3
  return 1
}

/**
 * What a person reads on stderr: `physmem: MESSAGE`, what was done before it, and what helps. Who
 * speaks may be a line of a file of commands (`physmem: FILE:LINE`). An error that physmem did not
 * throw on purpose is shown with its stack, so that it can be reported. `say` words the lines that help.
 */
export function describeError(error: unknown, speaker = 'physmem', say?: LineWords): string {
  if (!(error instanceof PhysmemError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return `${speaker}: this is a bug in physmem, please report it: ${text}\n`
  }
  const { progress } = error.data
  const { cure, steps = [] } = cureOf(error, say)
  // Messages hold names and paths that others chose.
  const lines = [`${speaker}: ${printable(error.message)}`]
  if (progress !== undefined) lines.push(`  done: ${printable(progress)}`)
  if (cure !== undefined) lines.push(`  ${adviceOf(error)}: ${printable(cure)}`)
  for (const [index, step] of steps.entries()) lines.push(`    ${index + 1}. ${printable(step)}`)
  return `${lines.join('\n')}\n`
}
