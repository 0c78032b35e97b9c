import { RefusedError } from '../../base/errors.ts'

/** A tree that is damaged or contradicts itself. To be thrown by the caller. */
export function broken(message: string, place: string): RefusedError {
  return new RefusedError('EDEVICETREE', message, { place })
}
