import { type PhysmemError, RefusedError } from '../base/errors.ts'

/** The error where a machine cannot be reached, or is reached no longer; `why` is one line. */
export function connectionError(name: string, why: string, cure?: string): PhysmemError {
  const data = { place: name, why, ...(cure === undefined ? {} : { cure }) }
  // A target such as sudo: ends with a colon itself.
  return new RefusedError('ECONNECTION', `${name.replace(/:$/, '')}: ${why}`, data)
}

const CONNECT =
  'see that the machine runs and that its connection holds: nothing is tried again by itself'

/** The error where a machine was reached, and is no longer. */
export function lostConnection(name: string, why: string, cure = CONNECT): PhysmemError {
  return connectionError(name, `the connection is lost: ${why}`, cure)
}
