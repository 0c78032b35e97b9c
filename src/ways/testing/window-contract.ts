/**
 * What every kind of window must do, as checks that any test runner can run: vitest on this machine,
 * a plain loop inside a virtual machine. The order matters: the last case closes the windows.
 */
import { accessCases } from './window-contract/access.ts'
import type { WindowCase } from './window-contract/case.ts'
import { endCases } from './window-contract/ends.ts'
import { refusalCases } from './window-contract/refusals.ts'

export type { WindowCase, WindowSubject } from './window-contract/case.ts'

export const windowContract: readonly WindowCase[] = [...accessCases, ...refusalCases, ...endCases]
