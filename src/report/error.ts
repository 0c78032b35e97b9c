import { PhysmemError, RequestError } from '../base/errors.ts'
import { publishedData } from '../base/published-data.ts'

/** What helps: a `cure` is done to the machine, a `hint` tells how to ask for what was meant. */
export function adviceOf(error: PhysmemError): 'cure' | 'hint' {
  return error instanceof RequestError && error.code !== 'ENOPLACE' ? 'hint' : 'cure'
}

/** The `error` member of a JSON document: code, message, and the data of the error. */
export function errorToJson(error: unknown): Record<string, unknown> {
  if (error instanceof PhysmemError) {
    // A step is one of a program, which who gave a command has not written.
    const { cure, step: _, ...data } = publishedData(error.data)
    const advice = cure === undefined ? {} : { [adviceOf(error)]: cure }
    return { code: error.code, message: error.message, ...data, ...advice }
  }
  return { code: 'EBUG', message: error instanceof Error ? error.message : String(error) }
}
