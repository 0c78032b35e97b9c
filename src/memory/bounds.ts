import { type ErrorData, RequestError } from '../errors.ts'
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
  const width = 'width' in step ? { width: step.width } : {}
  checkInside(step.address, endOf(step), name, length, { step: index, ...width })
}

type AccessStep = Extract<Step, { address: number }>

/** Throws ERANGE when the bytes from `start` to before `end` are not all inside a memory. */
export function checkInside(
  start: number,
  end: number,
  name: string,
  length: number | undefined,
  data: ErrorData = {},
): void {
  if (length === undefined || end <= length) return
  const expected = length === 0 ? 'it is empty' : `expected 0x0 to 0x${(length - 1).toString(16)}`
  throw new RequestError(
    'ERANGE',
    `0x${start.toString(16)} to 0x${(end - 1).toString(16)} is not inside ${name}: ${expected}`,
    { ...data, address: start },
  )
}
