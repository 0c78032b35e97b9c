import type { ErrorData } from '../base/error-data.ts'
import { type PhysmemError, RefusedError, RequestError } from '../base/errors.ts'
import type { RunResults } from '../base/run-results.ts'
import { refusalError } from '../refusal/error.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { formatAddress } from '../text/number.ts'

/** The error for a mapping that the kernel refused. `data.address` says where. */
export function refusedError(
  name: string,
  refusal: Refusal,
  data: ErrorData & { address: number },
  results?: RunResults,
): PhysmemError {
  const subject = `${formatAddress(data.address)} (${name})`
  return refusalError(`${subject} cannot be mapped`, refusal, { ...data, subject }, { results })
}

/** The error for a 64-bit access on a 32-bit CPU. */
export function widthError(
  name: string,
  address: number,
  cpu: string,
  step?: number,
): RequestError {
  return new RequestError(
    'EWIDTH',
    `${formatAddress(address)} (${name}): this CPU (${cpu}) has no single 64-bit access; use a width of 8, 16 or 32`,
    { address, width: 64, ...(step === undefined ? {} : { step }) },
  )
}

/** The error for a cache step on a CPU that lets user programs do nothing to its cache lines. */
export function cacheError(name: string, address: number, step: number, cpu: string): RefusedError {
  return new RefusedError(
    'EPLATFORM',
    `${formatAddress(address)} (${name}): this CPU (${cpu}) allows cache-line instructions only in the kernel`,
    { address, step },
  )
}

/** Whether a program ended because a mapping was refused: what needed it was not begun. */
export function isRefusedMapping(error: unknown): error is RefusedError {
  return error instanceof RefusedError && error.results !== undefined
}
