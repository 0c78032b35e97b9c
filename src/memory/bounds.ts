import { RequestError } from '../errors.ts'
import type { Program } from './program.ts'
import { endOf, type Step } from './step.ts'

/**
 * Refuses a program that reaches beyond the end of a memory of `length` bytes, before any step of
 * it is run: throws ERANGE, whose `data.step` names the first such step. An `undefined` length
 * allows every address.
 */
export function checkBounds(program: Program, name: string, length: number | undefined): void {
  if (length === undefined || program.end <= length) return
  const index = program.steps.findIndex((step) => endOf(step) > length)
  const step = program.steps[index] as AccessStep
  const { address, width } = step
  throw new RequestError(
    'ERANGE',
    `0x${address.toString(16)} to 0x${(endOf(step) - 1).toString(16)} ` +
      `is not inside ${name}: expected 0x0 to 0x${(length - 1).toString(16)}`,
    { step: index, address, width },
  )
}

type AccessStep = Extract<Step, { address: number }>
