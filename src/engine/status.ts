import { sentence, shell } from '../base/cure.ts'
import { RefusedError, RequestError } from '../base/errors.ts'
import { formatAddress } from '../text/number.ts'
import { remedied } from '../wording/cure.ts'

/** How a program ended: `enum pm_status` in native/engine.h, by number. */
export const STATUSES = [
  'ok',
  'bad-program',
  'map-failed',
  'fault-bus',
  'fault-segv',
  'timed-out',
  'cancelled',
  'no-such-width',
  'out-of-range',
  'no-memory',
  'no-cache-control',
  'read-only',
  'pending',
] as const

export type Status = (typeof STATUSES)[number]

/** What the engine refuses before the first access, and what it says where nobody said it before. */
type Refusal = Extract<Status, 'bad-program' | 'out-of-range' | 'no-memory' | 'read-only'>

const REFUSALS = {
  'bad-program': ['EUSAGE', 'the engine rejects this program as malformed'],
  'out-of-range': ['ERANGE', 'the engine finds no such address in it'],
  'read-only': ['EREADONLY', 'it was opened for reading only'],
} as const

/** The error of a program that the engine refused, with nothing done. */
export function statusError(name: string, status: Refusal, step: number, address: number) {
  if (status === 'no-memory') return memoryError(name, { step })
  const [code, reason] = REFUSALS[status]
  const message = `step ${step} at ${formatAddress(address)} (${name}): ${reason}`
  return new RequestError(code, message, { step, address })
}

/** The error where this process gets no memory for what the engine needs. */
export function memoryError(name: string, data = {}, cause?: unknown): RefusedError {
  const message = `${name}: this process is out of memory; nothing was done`
  const cure = sentence`let it use more memory, by ${shell('ulimit -v')} or memory.max of its cgroup, or use less at once`
  const options = cause === undefined ? {} : { cause }
  return new RefusedError('ENOMEMORY', message, ...remedied({ cure }, data, options))
}
