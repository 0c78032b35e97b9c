import type { Program } from './program.ts'
import { elementCount, type ReadBlockStep, type Step, type WriteBlockStep } from './step.ts'

/** How far a program is: the step that comes next, and the elements of it that are done. */
export interface Cursor {
  step: number
  element: number
}

/** What of a program is done in one go: a step, or some elements of a block. */
export interface Part {
  /** The step in the whole program, and its first element here. */
  index: number
  from: number
  count: number
  /** Counted from where the memory begins that it goes to. */
  step: Step
}

type AccessStep = Extract<Step, { address: number }>

/** The physical address at which a program goes on. */
export function addressAt(step: AccessStep, element: number): number {
  return step.address + element * stride(step)
}

/**
 * As much of the step at the cursor as lies before `end`, for a memory that begins at `base`; one
 * element at least.
 */
export function partAt(program: Program, cursor: Cursor, base: number, end: number): Part {
  const step = program.steps[cursor.step] as AccessStep
  const address = addressAt(step, cursor.element)
  return partFrom(program, cursor, Math.max(1, Math.floor((end - address) / stride(step))), base)
}

/** At most so many elements of the step at the cursor. */
export function partFrom(program: Program, cursor: Cursor, most: number, base = 0): Part {
  const { step: index, element: from } = cursor
  const step = program.steps[index] as Step
  const left = elements(step) - from
  if (base === 0 && from === 0 && left <= most) return { index, from, count: left, step }
  const count = Math.min(left, most)
  const access = step as AccessStep
  return { index, from, count, step: cut(access, addressAt(access, from) - base, from, count) }
}

/** The cursor after a part. */
export function behind({ index, from, count }: Part, program: Program): Cursor {
  const whole = from + count === elements(program.steps[index] as Step)
  return whole ? { step: index + 1, element: 0 } : { step: index, element: from + count }
}

/** What a step is cut between: elements of a block, bytes whose cache lines are meant. */
function elements(step: Step): number {
  return step.op === 'cache' ? step.length : elementCount(step)
}

/** How far apart the elements are; 0 where they are all at one address. */
function stride(step: AccessStep): number {
  if (step.op === 'cache') return 1
  if (step.op === 'fill') return step.width / 8
  const rises = isBlock(step) && step.stepping !== 'fixed'
  return rises ? step.width / 8 : 0
}

function isBlock(step: AccessStep): step is ReadBlockStep | WriteBlockStep {
  return step.op === 'readBlock' || step.op === 'writeBlock'
}

function cut(step: AccessStep, address: number, from: number, count: number): Step {
  switch (step.op) {
    case 'cache':
      return { ...step, address, length: count }
    case 'readBlock':
    case 'fill':
      return { ...step, address, count }
    case 'writeBlock': {
      const bytes = step.width / 8
      return { ...step, address, data: step.data.subarray(from * bytes, (from + count) * bytes) }
    }
    default:
      return { ...step, address }
  }
}
