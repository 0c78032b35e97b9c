/** How the guest program `contract` names the cases of windows in its report. */
import { windowContract } from '../../src/ways/testing/window-contract.ts'
import type { Stretch } from '../guest/programs/contract.ts'

/** Both ways in which single accesses of a window are made. */
export const WINDOW_ACCESS = ['typed', 'native'] as const

export type WindowAccess = (typeof WINDOW_ACCESS)[number]

export function windowCase(access: WindowAccess, name: string): string {
  return `a window, ${access}: ${name}`
}

/** Whether what lies past a stretch is known to fault, so that a window may reach there. */
export function endsInFaults({ base, length, faultAddress }: Stretch): boolean {
  return faultAddress === base + length
}

/** The cases that can be tried on windows of a stretch. */
export function windowCasesOf(stretch: Stretch): string[] {
  const cases = windowContract.filter((one) => !one.skip || endsInFaults(stretch))
  return WINDOW_ACCESS.flatMap((access) => cases.map(({ name }) => windowCase(access, name)))
}
