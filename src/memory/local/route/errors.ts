import type { PhysmemError } from '../../../errors.ts'
import type { Results } from '../../results.ts'

/** What ways said, one after the other. */
export function said(refusals: readonly PhysmemError[]): string {
  return refusals.map(({ message }) => message).join('; ')
}

/** What the first way said, and behind it what the others did. */
export function combined(refusals: readonly PhysmemError[], address: number): PhysmemError {
  const [first, ...others] = refusals
  if (!first) throw new Error(`no way to 0x${address.toString(16)} was tried`)
  const tried = others.length === 0 ? {} : { tried: others.map(({ message }) => message) }
  return rebuilt(first, said(refusals), { ...first.data, address, ...tried }, undefined)
}

/** The same error with another message, data and results. */
export function rebuilt(
  error: PhysmemError,
  message: string,
  data: PhysmemError['data'],
  results: Results | undefined,
): PhysmemError {
  const Kind = error.constructor as typeof PhysmemError
  return new Kind(error.code, message, data, { results, cause: error.cause })
}
