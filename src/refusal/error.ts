import type { Remedy } from '../base/cure.ts'
import type { ErrorData } from '../base/error-data.ts'
import {
  type PhysmemError,
  type PhysmemErrorOptions,
  RefusedError,
  RequestError,
} from '../base/errors.ts'
import { wordRemedy } from '../wording/cure.ts'
import type { Refusal } from './refusal.ts'

/**
 * The error of a refusal. `what` is what was not possible: `/dev/mem cannot be opened for reading`.
 * Cures and evidence become data of the error: cures in words for this machine, and `remedy` as they
 * are, for whoever words them for another. What does not exist, or is out of what is allowed, is
 * a RequestError (ENOPLACE, ERANGE).
 */
export function refusalError(
  what: string,
  refusal: Refusal,
  data: ErrorData = {},
  options: PhysmemErrorOptions = {},
): PhysmemError {
  const { code, reason } = refusal
  const Kind = code === 'ENOPLACE' || code === 'ERANGE' ? RequestError : RefusedError
  return new Kind(
    code,
    `${what}: ${reason}`,
    { ...data, ...refusalData(refusal), why: reason },
    { ...options, ...(refusal.cure === undefined ? {} : { remedy: remedyOf(refusal) }) },
  )
}

/** What an error says of a refusal besides its message: only what is known is present. */
function refusalData({ evidence = [], ...remedy }: Refusal): ErrorData {
  return { ...wordRemedy(remedy), ...(evidence.length === 0 ? {} : { evidence }) }
}

function remedyOf({ cure, cures, steps }: Refusal): Remedy {
  return {
    ...(cure === undefined ? {} : { cure }),
    ...(cures === undefined ? {} : { cures }),
    ...(steps === undefined ? {} : { steps }),
  }
}
