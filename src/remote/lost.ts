import { AccessError, ConditionError, PhysmemError } from '../base/errors.ts'
import type { RunResults } from '../base/run-results.ts'
import type { Program } from '../memory/program.ts'
import { counted } from '../text/count.ts'

/**
 * The error of a program during which the connection was lost: what is known to be done, and what may
 * be. Another error stays as it is. Where the caller said stop, that is why it ended: a Ctrl-C of a terminal
 * ends the program of the connection, too.
 */
export function lostError(
  error: unknown,
  program: Program,
  results: RunResults,
  underWay: readonly { index: number }[],
  signal?: AbortSignal,
): unknown {
  if (!(error instanceof PhysmemError) || error.code !== 'ECONNECTION') return error
  const first = underWay[0]?.index ?? 0
  const last = underWay.at(-1)?.index ?? 0
  const account = accountOf(program.steps.length, results.done, first, last)
  // An access that failed, and no mapping that was refused: what had effects is not tried in another way.
  const data = { ...error.data, step: results.done, unsure: account }
  if (signal?.aborted) {
    const message = `${error.message}, and the caller had stopped it; ${account}`
    return new ConditionError('EABORT', message, data, { results, cause: signal.reason })
  }
  const options = { results, cause: error }
  return new AccessError('ECONNECTION', `${error.message}; ${account}`, data, options)
}

function accountOf(count: number, done: number, first: number, last: number): string {
  if (count === 1) return 'it is not known whether it was done'
  const before = `${counted(done, 'step')} of ${count} known to be done`
  const under = first === last ? `step ${first}` : `any of steps ${first} to ${last}`
  const after = last + 1 < count ? ', those after it were not begun' : ''
  return `${before}; whether ${under} was done is not known${after}`
}
