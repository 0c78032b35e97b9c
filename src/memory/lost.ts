import type { ErrorData } from '../base/error-data.ts'
import { AccessError, ConditionError, PhysmemError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import { counted } from '../text/count.ts'
import type { Part } from './part.ts'
import type { Program } from './program.ts'
import type { Results } from './results.ts'
import { elementCount, isBlock, type Step } from './step.ts'

/**
 * The error of a program during which the connection was lost: what is known to be done, and what may
 * be. Another error stays as it is. Where the caller said stop, that is why it ended: a Ctrl-C of a terminal
 * ends the program of the connection, too.
 */
export function lostError(
  error: unknown,
  program: Program,
  results: Results,
  underWay: readonly Part[],
  signal?: AbortSignal,
): unknown {
  if (!isLost(error)) return error
  const first = underWay[0]?.index ?? 0
  const last = underWay.at(-1)?.index ?? 0
  const account = accountOf(program, results.done, first, last)
  return lostWith(error, account, { step: results.done }, { results, signal, program })
}

/** The same where one access after the other is asked for: of a block, which elements are known to be done. */
export function lostAccessError(
  error: PhysmemError,
  program: Program,
  results: Results,
  elementsDone: number,
  signal?: AbortSignal,
): PhysmemError {
  const { length } = program.steps
  const index = results.done
  const step = program.steps[index] as Step
  const account =
    isBlock(step) && elementsDone > 0
      ? elementsOf(elementsDone, elementCount(step), length > 1 ? ` of step ${index}` : '') +
        noteOf(program)
      : accountOf(program, index, index, index)
  return lostWith(error, account, { step: index, elementsDone }, { results, signal, program })
}

/** What is known of what was under way. */
interface Lost {
  program: Program
  results: Results
  signal: AbortSignal | undefined
}

const WRITTEN = 'read it before you write it again'

export function isLost(error: unknown): error is PhysmemError {
  return error instanceof PhysmemError && error.code === 'ECONNECTION'
}

/** Why the connection was lost, without what was said of a program that is a part of another. */
export function bareLoss(error: PhysmemError): PhysmemError {
  const { cause } = error
  return isLost(cause) ? bareLoss(cause) : error
}

function lostWith(
  error: PhysmemError,
  account: string,
  where: { step: number; elementsDone?: number },
  { results, signal, program }: Lost,
): PhysmemError {
  // An access that failed, and no mapping that was refused: what had effects is not tried in another way.
  const data: ErrorData = { ...error.data, ...where, unsure: account }
  if (program.writes) data.cure = WRITTEN
  else if (signal?.aborted) delete data.cure
  if (signal?.aborted) {
    const message = `${error.message}, and the caller had stopped it; ${account}`
    return new ConditionError('EABORT', message, data, { results, cause: signal.reason })
  }
  const options = { results, cause: error }
  return new AccessError('ECONNECTION', `${error.message}; ${account}`, data, options)
}

function elementsOf(done: number, count: number, where: string): string {
  return `${done} of ${counted(count, 'element')}${where} known to be done; whether the next one was done is not known`
}

/** A load that was lost is asked for again, and that matters only where it acts. */
function noteOf({ writes }: Program): string {
  return writes ? '' : ' (which matters only where reading has an effect)'
}

function accountOf(program: Program, done: number, first: number, last: number): string {
  const count = program.steps.length
  const note = noteOf(program)
  if (count === 1) return `it is not known whether it was done${note}`
  const before = `${counted(done, 'step')} of ${count} known to be done`
  const under = first === last ? `step ${first}` : `any of steps ${first} to ${last}`
  const after = last + 1 < count ? ', those after it were not begun' : ''
  return `${before}; whether ${under} was done is not known${note}${after}`
}

/** The same where nothing was under way: what is not known to be done was not begun. */
export function lostBetween(error: unknown, program: Program, results: Results): unknown {
  if (!(error instanceof PhysmemError) || error.code !== 'ECONNECTION') return error
  const { done } = results
  if (done === 0) {
    return retell(error, { message: `${error.message}; nothing was done`, cause: error })
  }
  const account = `${counted(done, 'step')} of ${program.steps.length} known to be done, those after were not begun`
  const data = { ...error.data, step: done }
  const options = { results, cause: error }
  return new AccessError('ECONNECTION', `${error.message}; ${account}`, data, options)
}
