import { type PhysmemError, RefusedError } from '../base/errors.ts'

/** The error where a machine cannot be reached, or is reached no longer; `why` is one line. */
export function connectionError(name: string, why: string, cure?: string): PhysmemError {
  const data = { place: name, why, ...(cure === undefined ? {} : { cure }) }
  return new RefusedError('ECONNECTION', `${name}: ${why}`, data)
}
