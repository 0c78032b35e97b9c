/**
 * What every kind of memory must do, as checks that any test runner can run: vitest on this
 * machine, a plain loop inside a virtual machine.
 *
 * ```ts
 * for (const one of contract) {
 *   const reason = one.skip?.(subject)
 *   if (reason === undefined) await one.check(subject)
 * }
 * ```
 *
 * The order matters: the last case closes the memory.
 */
import { accessCases } from './access.ts'
import { blockCases } from './blocks.ts'
import type { ContractCase } from './case.ts'
import { failureCases } from './failures.ts'
import { refusalCases } from './refusals.ts'
import { runCases } from './runs.ts'
import { stackCases } from './stacks.ts'

export type { ContractCase, ContractSubject } from './case.ts'

export const contract: readonly ContractCase[] = [
  ...accessCases,
  ...blockCases,
  ...refusalCases,
  ...failureCases,
  ...stackCases,
  ...runCases,
]
