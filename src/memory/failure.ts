import type { ErrorData } from '../base/error-data.ts'
import { AccessError, ConditionError, RefusedError } from '../base/errors.ts'
import type { RunResults } from '../base/run-results.ts'
import type { Value } from '../base/width.ts'
import { counted, were } from '../text/count.ts'
import { formatAddress } from '../text/number.ts'
import { checkKind } from '../text/options.ts'
import { asValue } from './elements.ts'
import type { Program } from './program.ts'
import { Results } from './results.ts'
import { elementCount, isBlock, type Step, type WaitStep } from './step.ts'
import { allOnes, hex } from './value.ts'

/** Where and why a program stopped, as an engine reports it. */
export interface Failure {
  code: 'EFAULT_BUS' | 'EFAULT_SEGV' | 'EIO' | 'EUNREADABLE' | 'ETIMEOUT' | 'EABORT'
  /** Index of the step that was not completed. */
  step: number
  /** Elements of that step that were done, when it is a block. Default 0. */
  elementsDone?: number
  /** Only needed for an update, which may fail in its load or in its store. */
  direction?: 'read' | 'write'
  /** Why, in a few words, when more is known than the code says. */
  reason?: string
  /**
   * Bytes from the address that failed to the end of its page in memory, where all of that failed, as
   * past the end of a file, and not this element alone.
   */
  restOfPage?: number | undefined
  /** Whether the access is only known to fail, and was not made. */
  foreseen?: boolean
  cause?: unknown
}

/** Of a program of which no step was done. */
export const NOTHING: { done: number; cells: BigUint64Array; data: Uint8Array } = {
  done: 0,
  cells: new BigUint64Array(0),
  data: new Uint8Array(0),
}

/** Why, where no more is known than the code. */
export const REASONS = {
  EFAULT_BUS: 'nothing answered (bus error)',
  EFAULT_SEGV: 'the mapping does not allow it (segmentation fault)',
  EIO: 'input/output error',
  EUNREADABLE: 'the kernel does not show its content',
}

/**
 * The error for a program that stopped, the same for all kinds of memory. It carries the partial
 * `results`, and as `data` the step, address, width, direction and, for a block, `elementsDone`.
 */
export function failureError(
  name: string,
  program: Program,
  results: Results,
  failure: Failure,
): AccessError | ConditionError {
  const { code, cause, restOfPage } = failure
  const step = program.steps[failure.step] as Step
  const data = { ...locate(step, failure), ...(restOfPage === undefined ? {} : { restOfPage }) }
  const options = { results, ...(cause === undefined ? {} : { cause }) }
  const prefix = program.steps.length > 1 ? `step ${failure.step}: ` : ''
  const place = 'address' in step ? `${formatAddress(data.address ?? 0)} (${name})` : name
  if (code === 'EABORT') {
    const what = `${step.op} ${'address' in step ? 'at' : 'in'} ${place}`
    const message = `${prefix}${what} was stopped by the caller${progress(step, data)}`
    return new ConditionError(code, message, data, options)
  }
  if (code === 'ETIMEOUT' && step.op === 'wait') {
    return timeoutError(place, step, results.lastSeen(failure.step), { data, prefix, results })
  }
  const reason = failure.reason ?? REASONS[code as keyof typeof REASONS]
  const width = 'width' in step ? `${step.width}-bit ` : ''
  const [failed, done] = failure.foreseen ? ['would fail', ''] : ['failed', progress(step, data)]
  const message = `${prefix}${width}${nameOf(step, data)} at ${place} ${failed}: ${reason}${done}`
  return new AccessError(code, message, { ...data, reason }, options)
}

/** The error of a wait at a place whose time was up, of memories and windows alike. */
export function timeoutError(
  place: string,
  step: WaitStep,
  value: Value,
  { data, prefix = '', results }: { data: ErrorData; prefix?: string; results?: RunResults },
): ConditionError {
  const { width, negate, timeoutMs } = step
  const [mask, equals] = [asValue(step.mask, width), asValue(step.equals, width)]
  const message = `${prefix}${timedOut(place, timeoutMs)}: ${unmet(step, value)}`
  const more = { ...data, value, mask, equals, ...(negate ? { negate } : {}), timeoutMs }
  return new ConditionError('ETIMEOUT', message, more, { results })
}

/** For a program whose turn has not come: throws EABORT when it was stopped, with what was done before. */
export function checkNotStopped(
  name: string,
  program: Program,
  signal: AbortSignal | undefined,
  results = new Results(program, NOTHING),
): void {
  if (!signal?.aborted || program.steps.length === 0) return
  const failure = { code: 'EABORT', step: results.done, cause: signal.reason } as const
  throw failureError(name, program, results, failure)
}

/** The error of every use after `close`. */
export function closedError(name: string): RefusedError {
  checkKind('name', name, 'string')
  return new RefusedError('ECLOSED', `${name} is closed`)
}

function locate(step: Step, failure: Failure): ErrorData {
  const data: ErrorData = { step: failure.step }
  if (!('address' in step)) return data
  const done = failure.elementsDone ?? 0
  const fixed = 'stepping' in step && step.stepping === 'fixed'
  // Of a cache step the elements are bytes.
  if (step.op === 'cache') return { ...data, address: step.address + done, elementsDone: done }
  data.address = step.address + (fixed ? 0 : (done * step.width) / 8)
  data.width = step.width
  const direction = failure.direction ?? DIRECTIONS[step.op]
  if (direction !== undefined) data.direction = direction
  if (isBlock(step)) data.elementsDone = done
  return data
}

/** What failed, as a message names it. */
function nameOf(step: Step, { direction }: ErrorData): string {
  if (step.op === 'cache') return `${step.action} of the cache line`
  return step.op === 'update' ? step.op : (direction ?? step.op)
}

const DIRECTIONS = {
  read: 'read',
  write: 'write',
  update: undefined,
  wait: 'read',
  readBlock: 'read',
  writeBlock: 'write',
  fill: 'write',
  cache: undefined,
} as const

function progress(step: Step, { direction, elementsDone = 0 }: ErrorData): string {
  return isBlock(step) ? blockProgress(elementsDone, elementCount(step), direction) : ''
}

/** How far a block came, after the reason for its end; of memories and windows alike. */
export function blockProgress(
  done: number,
  count: number,
  direction: 'read' | 'write' | undefined,
): string {
  const verb = direction === 'write' ? 'written' : 'read'
  return `; ${done} of ${counted(count, 'element')} ${were(done)} ${verb}`
}

/** How the text of every time-out begins: without a time there was one load, and no wait. */
function timedOut(place: string, timeoutMs: number): string {
  if (timeoutMs === 0) return `wait at ${place} looked once`
  return `wait at ${place} timed out after ${timeoutMs} ms`
}

function unmet(step: WaitStep, value: Value): string {
  const whole = BigInt(step.mask) === BigInt(allOnes(step.width))
  const seen = whole ? hex(value) : `(${hex(value)} & ${hex(step.mask)})`
  return step.negate ? `${seen} is still ${hex(step.equals)}` : `${seen} is not ${hex(step.equals)}`
}
