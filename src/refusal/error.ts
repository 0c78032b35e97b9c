import type { ErrorData } from '../base/error-data.ts'
import {
  type PhysmemError,
  type PhysmemErrorOptions,
  RefusedError,
  RequestError,
} from '../base/errors.ts'
import { remedied } from '../wording/cure.ts'
import type { Refusal } from './refusal.ts'

/**
 * The error of a refusal. `what` is what was not possible: `/dev/mem cannot be opened for reading`.
 * Cures and evidence become data of the error. What does not exist, or is out of what is allowed, is
 * a RequestError (ENOPLACE, ERANGE).
 */
export function refusalError(
  what: string,
  refusal: Refusal,
  data: ErrorData = {},
  options: PhysmemErrorOptions = {},
): PhysmemError {
  const { code, reason, evidence = [], ...remedy } = refusal
  const Kind = code === 'ENOPLACE' || code === 'ERANGE' ? RequestError : RefusedError
  const [told, more] = remedied(remedy, data, options)
  const shown = evidence.length === 0 ? {} : { evidence }
  return new Kind(code, `${what}: ${reason}`, { ...told, ...shown, why: reason }, more)
}
