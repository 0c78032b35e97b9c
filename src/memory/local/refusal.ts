import { getSystemErrorName } from 'node:util'
import { type ErrorData, RefusedError, RequestError } from '../../errors.ts'
import type { Refusal } from '../../refusal/refusal.ts'
import type { Results } from '../results.ts'

/** The name of a positive errno number, for example `EPERM`. */
export function errnoName(errno: number): string {
  try {
    return getSystemErrorName(-errno)
  } catch {
    return `errno ${errno}`
  }
}

/** The error for a mapping that the kernel refused. `data.address` says where. */
export function refusedError(
  name: string,
  refusal: Refusal,
  data: ErrorData & { address: number },
  results?: Results,
): RefusedError {
  const { code, reason, cure } = refusal
  return new RefusedError(
    code,
    `0x${data.address.toString(16)} (${name}) cannot be mapped: ${reason}`,
    { ...data, ...(cure === undefined ? {} : { cure }) },
    { results },
  )
}

/** The error for a 64-bit access on a 32-bit CPU. */
export function widthError(name: string, address: number): RequestError {
  return new RequestError(
    'EWIDTH',
    `0x${address.toString(16)} (${name}): this CPU (${process.arch}) has no single 64-bit access; use a width of 8, 16 or 32`,
    { address, width: 64 },
  )
}
