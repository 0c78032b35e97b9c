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
import { accessCases } from './contract/access.ts'
import { blockCases } from './contract/blocks.ts'
import type { ContractCase } from './contract/case.ts'
import { failureCases } from './contract/failures.ts'
import { refusalCases } from './contract/refusals.ts'
import { runCases } from './contract/runs.ts'
import { stackCases } from './contract/stacks.ts'

export type { ContractCase, ContractSubject } from './contract/case.ts'

export const contract: readonly ContractCase[] = [
  ...accessCases,
  ...blockCases,
  ...refusalCases,
  ...failureCases,
  ...stackCases,
  ...runCases,
]
