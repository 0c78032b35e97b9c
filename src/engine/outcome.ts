import { errnoName } from '../base/errno.ts'
import type { PhysmemError } from '../base/errors.ts'
import { type Failure, failureError } from '../memory/failure.ts'
import type { Program } from '../memory/program.ts'
import type { Results } from '../memory/results.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { cacheError, refusedError, widthError } from './refusal.ts'
import { STATUSES, type Status, statusError } from './status.ts'

/** How the engine says that a program ended: struct pm_outcome of native/engine.h. */
export interface Outcome {
  /** A number of STATUSES. */
  status: number
  done: number
  /** That did not end well. */
  step: number
  elements: number
  errno: number
  /** As the memory's user counts. */
  address: number
}

/** Whose program it was. */
export interface OutcomeMemory {
  readonly name: string
  /** Offset in the file of address 0. */
  readonly base: number
  readonly regularFile: boolean
  readonly pageSize: number
  /** As Node names it. */
  readonly cpu: string
}

/** Why a mapping was refused, of an outcome that says so. */
export function refusedMapping({ status, errno, address }: Outcome): RefusedMapping | undefined {
  if (STATUSES[status] !== 'map-failed') return undefined
  return { errno: errnoName(errno), address }
}

export interface RefusedMapping {
  errno: string
  address: number
}

/**
 * The error of a program that did not end well. `refusal` is why a mapping was refused where one was
 * (`refusedMapping`).
 */
export function outcomeError(
  memory: OutcomeMemory,
  program: Program,
  results: Results,
  outcome: Outcome,
  { refusal, signal }: { refusal?: Refusal | undefined; signal?: AbortSignal | undefined } = {},
): PhysmemError {
  const { name, base, pageSize, cpu } = memory
  const { step, elements: elementsDone, errno, address } = outcome
  const status = STATUSES[outcome.status] as Exclude<Status, 'ok' | 'pending'>
  const restOfPage = pageSize - ((base + address) % pageSize)
  const failed = (code: Failure['code'], more: Partial<Failure> = {}) =>
    failureError(name, program, results, { code, step, elementsDone, ...more })
  switch (status) {
    case 'fault-bus':
      if (!memory.regularFile) return failed('EFAULT_BUS')
      return failed('EFAULT_BUS', { reason: 'the file ends before', restOfPage })
    case 'fault-segv':
      return failed('EFAULT_SEGV')
    case 'timed-out':
      return failed('ETIMEOUT')
    case 'cancelled':
      return failed('EABORT', { cause: signal?.reason })
    case 'no-such-width':
      return widthError(name, address, cpu, step)
    case 'no-cache-control':
      return cacheError(name, address, step, cpu)
    case 'map-failed': {
      const data = { address, errno: errnoName(errno), step, elementsDone, restOfPage }
      const why = refusal ?? { code: 'EREFUSED', reason: `mmap failed with ${data.errno}` }
      return refusedError(name, why, data, results)
    }
    default:
      return statusError(name, status, step, address)
  }
}
