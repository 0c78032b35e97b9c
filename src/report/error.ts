import type { ErrorData } from '../base/error-data.ts'
import { type ErrorCode, PhysmemError, RequestError } from '../base/errors.ts'
import { type PublishedKey, publishedData } from '../base/published-data.ts'
import type { ShownAddress } from '../operate/shown-address.ts'
import { type LineWords, wordRemedy } from '../wording/cure.ts'

/** What went wrong; which further members there are depends on the code. */
export interface ErrorReport extends Pick<ErrorData, Exclude<PublishedKey, 'virtual' | 'step'>> {
  /** One of `ErrorCode`; `EBUG` for what physmem did not throw on purpose. */
  code: ErrorCode | 'EBUG'
  message: string
  virtual?: ShownAddress
  /** How to ask for what was meant, in place of a cure. */
  hint?: string
}

/** What helps: a `cure` is done to the machine, a `hint` says how to ask for what was meant. */
export function adviceOf(error: PhysmemError): 'cure' | 'hint' {
  return error instanceof RequestError && !error.data.curesMachine ? 'hint' : 'cure'
}

/** The cure of an error and its steps, as the command words them; `say` has lines for another machine. */
export function cureOf(error: PhysmemError, say?: LineWords): Pick<ErrorData, 'cure' | 'steps'> {
  const { remedy, data } = error
  return remedy === undefined ? data : wordRemedy(remedy, say)
}

/** The `error` member of a JSON document: code, message, and the data of the error. */
export function errorToJson(error: unknown, say?: LineWords): ErrorReport {
  if (error instanceof PhysmemError) {
    // A step is one of a program, which who gave a command has not written.
    const { cure, step: _, ...data } = publishedData({ ...error.data, ...cureOf(error, say) })
    const advice = cure === undefined ? {} : { [adviceOf(error)]: cure }
    return { code: error.code, message: error.message, ...data, ...advice }
  }
  return { code: 'EBUG', message: error instanceof Error ? error.message : String(error) }
}
