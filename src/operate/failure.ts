import { AccessError, ConditionError, PhysmemError, RequestError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import type { Location } from '../machine/machine.ts'
import { namingPlace } from '../machine/named-refusal.ts'
import { placeAt, showPlace } from '../place/at.ts'
import { formatPlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { counted } from '../text/count.ts'
import { shownAddress } from './shown-address.ts'

/**
 * The error of a program that stopped, as a person at the command line understands it: it names
 * the place as it was named there, and no steps, which are none of his. `place` is what was accessed,
 * and `at` where it is in the memory that failed, which is not always its offset.
 * `foreseen`: the access is only known to fail, and was not made. `name` is that of a register that
 * was accessed by name.
 */
export function tellOfPlace(
  error: unknown,
  place: Place,
  at: Pick<Location, 'memory' | 'address'>,
  foreseen = false,
  name?: string,
): unknown {
  if (!(error instanceof PhysmemError)) return error
  const steps = { step: undefined, elementsDone: undefined }
  if (error.code === 'EABORT') return retell(error, { message: 'stopped', data: steps })
  const { address, width, direction = 'read', reason } = error.data
  if (address === undefined) return error
  const inMemory = Number(address)
  const named = placeAt(place, inMemory - at.address)
  const where = showPlace(named)
  // As in all documents: without the zeros that people see.
  const data = { ...steps, address: shownAddress(at.memory, inMemory), place: formatPlace(named) }
  if (error instanceof AccessError && reason !== undefined) {
    const what = name === undefined ? `${direction} at` : `${direction} of ${name} at`
    const message = `${width}-bit ${what} ${where} ${foreseen ? 'would fail' : 'failed'}: ${reason}`
    return retell(error, { message, data })
  }
  if (error instanceof ConditionError) return error
  const told = namingPlace(error, named)
  const message = name === undefined ? told.message : `${name}: ${told.message}`
  return retell(told, { message, data })
}

/**
 * Adds what was done before the error, for the line after the message. Of a request that is wrong
 * nothing is done, and nothing is said.
 */
export function withProgress(error: unknown, progress: string): unknown {
  return error instanceof PhysmemError && !(error instanceof RequestError)
    ? retell(error, { data: { progress } })
    : error
}

/**
 * The same of what was written: no more of it than is known, where a connection was lost while more was
 * under way.
 */
export function withWritten(error: unknown, progress: string): unknown {
  return withProgress(error, isUnsure(error) ? `${progress}, as far as is known` : progress)
}

/** The same of several writes, by their names. */
export function withWrites(
  error: unknown,
  what: string,
  { made, others }: Record<'made' | 'others', readonly string[]>,
): unknown {
  const count = `made ${made.length} of ${counted(made.length + others.length, what)}`
  const which = made.length === 0 ? '' : ` (${made.join(', ')})`
  const rest = isUnsure(error) ? 'not known whether made' : 'not made'
  return withProgress(error, `${count}${which}; ${rest}: ${others.join(', ')}`)
}

/** Whether a connection was lost during the work, so that what is not known to be done may be. */
export function isUnsure(error: unknown): boolean {
  return error instanceof PhysmemError && error.data.unsure !== undefined
}

/** Why an access failed, in a few words, for a list of many. */
export function shortReason({ message, data: { reason, subject, why } }: PhysmemError): string {
  if (reason !== undefined) return reason
  return subject === undefined ? (why ?? message) : message.slice(subject.length + 1)
}
