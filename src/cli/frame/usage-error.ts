import type { ErrorData } from '../../base/error-data.ts'
import { RequestError } from '../../base/errors.ts'
import { type Hinted, said } from '../../text/hint.ts'

/** What says how a line is written. */
export function help(line: string) {
  return { cure: `see physmem ${line}` }
}

/** The error of a command line, and what it is told with. */
export function usageError(text: string | Hinted, more: ErrorData): RequestError {
  const { message, data } = said(text)
  return new RequestError('EUSAGE', message, { ...more, ...data })
}
