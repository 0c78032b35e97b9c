import type { Outcome } from '../engine/outcome.ts'
import { STATUSES } from '../engine/status.ts'
import type { Program } from '../memory/program.ts'
import { Results } from '../memory/results.ts'
import type { Step } from '../memory/step.ts'
import { believedEnd, believedPreparation, checkCells } from './believed.ts'
import { Malformed, type Reader } from './bytes.ts'
import type { Answer } from './session.ts'

/** struct pm_told. */
export function takeOutcome(reader: Reader): Outcome {
  const [status, done, step, elements] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()]
  const errno = reader.i32()
  reader.u32()
  const address = Number(reader.u64())
  const name = STATUSES[status]
  if (name === undefined || name === 'pending') throw new Malformed('an end that there is not')
  return { status, done, step, elements, errno, address }
}

/** The end of steps that were only prepared. */
export function takePrepared({ errno, rest }: Answer, steps: readonly Step[]): Outcome {
  if (errno !== undefined) throw new Malformed(`it cannot be prepared (${errno})`)
  rest.u32()
  return believedPreparation(takeOutcome(rest), steps)
}

/** The end of a program that was run, and its results. */
export function takeEnd(
  { errno, rest }: Answer,
  program: Program,
): { outcome: Outcome; results: Results } {
  if (errno !== undefined) throw new Malformed(`it cannot be run (${errno})`)
  rest.u32()
  const outcome = believedEnd(takeOutcome(rest), program.steps)
  return { outcome, results: takeResults(program, outcome, rest) }
}

/** What a program gave: two cells a step, then its data. Nothing is behind an end that was refused at once. */
function takeResults(program: Program, outcome: Outcome, reader: Reader): Results {
  const { done } = outcome
  let cells: BigUint64Array = new BigUint64Array(2 * program.steps.length)
  let data: Uint8Array = new Uint8Array(program.dataLength)
  if (reader.left > 0) {
    cells = reader.u64s(cells.length)
    data = reader.bytes(program.dataLength).slice()
    checkCells(program, cells, done)
  } else if (done > 0 || outcome.elements > 0) {
    throw new Malformed('no results')
  }
  return new Results(program, { done, cells, data })
}
