import type { PhysmemError } from '../../base/errors.ts'
import { retell } from '../../base/retell.ts'

/** What ways said, one after the other. */
export function said(refusals: readonly PhysmemError[]): string {
  return refusals.map(({ message }) => message).join('; ')
}

/** What the first way said, and after it what the others did. */
export function combined(refusals: readonly PhysmemError[], address: number): PhysmemError {
  const [first, ...others] = refusals
  if (!first) throw new Error(`no way to 0x${address.toString(16)} was tried`)
  const tried = others.length === 0 ? {} : { tried: others.map(({ message }) => message) }
  const why = refusals.map(({ data, message }) => data.why ?? message).join('; ')
  const data = { address, ...tried, why }
  // The first way may have said so when it was opened: who is told now is who accesses.
  return retell(first, { message: said(refusals), data, results: undefined, freshStack: true })
}
