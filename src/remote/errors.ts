import { type PhysmemError, RefusedError } from '../base/errors.ts'

/** The error where a machine cannot be reached, or is reached no longer; `why` is one line. */
export function connectionError(name: string, why: string, cure?: string): PhysmemError {
  const data = { place: name, why, ...(cure === undefined ? {} : { cure }) }
  // A target such as sudo: ends with a colon itself.
  return new RefusedError('ECONNECTION', `${name.replace(/:$/, '')}: ${why}`, data)
}
