import type { ErrorData } from '../base/error-data.ts'
import { RequestError } from '../base/errors.ts'
import type { Width } from '../base/width.ts'
import { listed } from '../text/listed.ts'
import { checkKind, shape, WHOLE } from '../text/options.ts'
import { checkProgram } from './options.ts'
import type { Program } from './program.ts'
import { endOf, isWriting, type Step } from './step.ts'

/** What a memory can do at all. A program that asks for more is refused before its first access. */
export interface Limits {
  /** How a person names the memory. */
  readonly name: string
  /** Bytes from address 0 that exist; every address may be tried where it is `undefined`. */
  readonly length?: number | undefined
  /** Whether it may only be read. */
  readonly readOnly?: boolean | undefined
  /** The widths of its accesses in bits. Default: all. */
  readonly widths?: readonly Width[] | undefined
}

const LIMITS = shape<Limits>('an object such as { name, length }', { name: 'string' })

/** Throws ERANGE, EREADONLY or EWIDTH, whose `data.step` names the first step that asks for more. */
export function checkLimits(program: Program, limits: Limits): void {
  checkKind('limits', limits, LIMITS)
  const { name, length, readOnly = false, widths } = limits
  checkBounds(program, name, length)
  if (readOnly && program.writes) {
    const step = program.steps.findIndex(isWriting)
    throw new RequestError('EREADONLY', `${name} was opened for reading only`, { step })
  }
  if (widths === undefined) return
  for (const [index, step] of program.steps.entries()) {
    if (!('width' in step) || widths.includes(step.width)) continue
    const { address, width } = step
    const message = `${name} has no accesses of ${width} bits: expected ${listed(widths, 'or')}`
    throw new RequestError('EWIDTH', message, { step: index, address, width })
  }
}

/**
 * Refuses a program that reaches beyond the end of a memory of `length` bytes, before any step of
 * it is run: throws ERANGE, whose `data.step` names the first such step. An `undefined` length
 * allows every address.
 */
export function checkBounds(program: Program, name: string, length: number | undefined): void {
  checkProgram(program)
  checkKind('name', name, 'string')
  if (length !== undefined) checkKind('length', length, WHOLE)
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
  const expected = length === 0 ? 'it is empty' : `expected ${stretch(0, length)}`
  const message = `${stretch(start, end)} is not inside ${name}: ${expected}`
  throw new RequestError('ERANGE', message, { ...data, address: start })
}

function stretch(start: number, end: number): string {
  const [first, last] = [start, end - 1].map((address) => `0x${address.toString(16)}`)
  return first === last ? `${first}` : `${first} to ${last}`
}
