import type { Program } from '../../memory/program.ts'
import {
  elementCount,
  type ReadBlockStep,
  type Step,
  type WriteBlockStep,
} from '../../memory/step.ts'
import type { Stretch } from './way.ts'

/** How far a program is: the step that comes next, and the elements of it that are done. */
export interface Cursor {
  step: number
  element: number
}

/** What of a program goes one way: a step, or some elements of a block. */
export interface Part {
  /** The step in the whole program, and its first element here. */
  index: number
  from: number
  count: number
  /** Counted from the start of the stretch's memory. */
  step: Step
}

type AccessStep = Extract<Step, { address: number }>

/** The physical address at which a program goes on. */
export function addressAt(step: AccessStep, element: number): number {
  return step.address + element * stride(step)
}

/** As much of the step at the cursor as lies in the stretch, before `end`. */
export function partAt(
  program: Program,
  { step: index, element: from }: Cursor,
  { base }: Stretch,
  end: number,
): Part {
  const step = program.steps[index] as AccessStep
  const address = addressAt(step, from)
  const room = Math.max(1, Math.floor((end - address) / stride(step)))
  const left = elements(step) - from
  if (base === 0 && from === 0 && left <= room) return { index, from, count: left, step }
  const count = Math.min(left, room)
  return { index, from, count, step: cut(step, address - base, from, count) }
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
