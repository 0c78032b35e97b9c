/**
 * What a board says of a program is believed only as far as it fits what was asked: how far it came, where
 * it failed, and values that such steps can give.
 */
import type { Outcome } from '../engine/outcome.ts'
import { STATUSES, type Status } from '../engine/status.ts'
import type { Program } from '../memory/program.ts'
import { elementCount, endOf, isBlock, type Step } from '../memory/step.ts'
import { Malformed } from './bytes.ts'

/** Before the first access. */
const REFUSALS: readonly Status[] = [
  ...(['bad-program', 'no-such-width', 'out-of-range', 'no-memory'] as const),
  ...(['no-cache-control', 'read-only', 'map-failed'] as const),
]

/** At a step that was begun; what was mapped for it may be gone. */
const FAILURES: readonly Status[] = [
  ...(['map-failed', 'fault-bus', 'fault-segv', 'timed-out', 'cancelled'] as const),
]

/** Of these the engine says at which address; of the others it is where the step begins. */
const PLACED: readonly Status[] = [
  ...(['map-failed', 'fault-bus', 'fault-segv', 'out-of-range'] as const),
  ...(['read-only', 'no-such-width', 'no-cache-control'] as const),
]

/** The end of steps that were run. Throws Malformed for one that they cannot have. */
export function believedEnd(outcome: Outcome, steps: readonly Step[]): Outcome {
  const { done, step, elements } = outcome
  if (statusOf(outcome) === 'ok') {
    if (done !== steps.length || elements !== 0) throw new Malformed('an end before the end')
    return outcome
  }
  const refused = REFUSALS.includes(statusOf(outcome)) && done === 0 && elements === 0
  const failed = FAILURES.includes(statusOf(outcome)) && step === done
  if (!refused && !failed) throw new Malformed('a failure of another step')
  return placed(outcome, steps)
}

/** The end of steps that were only prepared. */
export function believedPreparation(outcome: Outcome, steps: readonly Step[]): Outcome {
  if (outcome.done !== 0 || outcome.elements !== 0) throw new Malformed('steps that were not asked')
  if (statusOf(outcome) === 'ok') return outcome
  if (!REFUSALS.includes(statusOf(outcome))) throw new Malformed('a failure of what was not run')
  return placed(outcome, steps)
}

function statusOf({ status }: Outcome): Status {
  return STATUSES[status] ?? 'pending'
}

function placed(outcome: Outcome, steps: readonly Step[]): Outcome {
  const step = steps[outcome.step]
  if (step === undefined) throw new Malformed('a step that there is not')
  if (outcome.elements > 0 && outcome.elements >= elementsOf(step)) {
    throw new Malformed('more elements than there are')
  }
  const first = 'address' in step ? step.address : 0
  if (!PLACED.includes(statusOf(outcome))) return { ...outcome, address: first }
  const inside = outcome.address >= first && outcome.address < endOf(step)
  if (!inside) throw new Malformed('an address of no such step')
  return outcome
}

function elementsOf(step: Step): number {
  if (step.op === 'cache') return step.length
  return isBlock(step) ? elementCount(step) : 0
}

/** Two cells a step, of which those of the first `done` steps hold what they gave. Throws Malformed. */
export function checkCells({ steps }: Program, cells: BigUint64Array, done: number): void {
  for (const [at, step] of steps.entries()) {
    // Of a wait that failed, the first has what it saw last.
    if (at > done) return
    checkCell(step, cells[2 * at] ?? 0n, cells[2 * at + 1] ?? 0n, at < done)
  }
}

/** One word a step, of a narrow program. Throws Malformed. */
export function checkWords({ steps }: Program, words: Uint32Array, done: number): void {
  for (let at = 0; at < done; at++) {
    const step = steps[at] as Step
    if (step.op !== 'read' || step.width === 32) continue
    if ((words[at] as number) >>> step.width !== 0) throw new Malformed('a value that is too wide')
  }
}

function checkCell(step: Step, first: bigint, second: bigint, isDone: boolean): void {
  if (step.op !== 'read' && step.op !== 'update' && step.op !== 'wait') return
  if (BigInt.asUintN(step.width, first) !== first) throw new Malformed('a value that is too wide')
  if (!isDone || step.op === 'read') return
  const mask = BigInt(step.mask)
  const kept = first & ~mask
  if (step.op === 'update') {
    if (second !== (kept | (BigInt(step.value) & mask))) throw new Malformed('another value stored')
  } else if (((first & mask) === BigInt(step.equals)) === (step.negate ?? false)) {
    throw new Malformed('a wait that did not end')
  }
}
