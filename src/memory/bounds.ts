import { RequestError } from '../errors.ts'
import type { Program } from './program.ts'
import { elementCount, type Step } from './step.ts'

/**
 * Refuses a program that reaches beyond the end of a memory of `length` bytes, before any step of
 * it is run: throws ERANGE, whose `data.step` names the first such step. An `undefined` length
 * allows every address.
 */
export function checkBounds(program: Program, name: string, length: number | undefined): void {
  if (length === undefined) return
  for (let index = 0; index < program.steps.length; index++) {
    const step = program.steps[index] as Step
    if (!('address' in step)) continue
    const { address, width } = step
    const fixed = 'stepping' in step && step.stepping === 'fixed'
    const bytes = ((fixed ? 1 : elementCount(step)) * width) / 8
    if (address + bytes <= length) continue
    throw new RequestError(
      'ERANGE',
      `0x${address.toString(16)} to 0x${(address + bytes - 1).toString(16)} ` +
        `is not inside ${name}: expected 0x0 to 0x${(length - 1).toString(16)}`,
      { step: index, address, width },
    )
  }
}
