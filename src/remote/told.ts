import type { Outcome } from '../engine/outcome.ts'
import { STATUSES } from '../engine/status.ts'
import type { Program } from '../memory/program.ts'
import { Results } from '../memory/results.ts'
import type { Step } from '../memory/step.ts'
import { believedEnd, believedPreparation, checkCells, checkWords } from './believed.ts'
import { LITTLE, Malformed, type Reader } from './bytes.ts'
import { RUN } from './protocol.ts'
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

/** The end of a program that was run by a request with these flags (RUN), and its results. */
export function takeEnd(
  { errno, rest }: Answer,
  program: Program,
  flags: number,
): { outcome: Outcome; results: Results } {
  if (errno !== undefined) throw new Malformed(`it cannot be run (${errno})`)
  rest.u32()
  const outcome = believedEnd(takeOutcome(rest), program.steps)
  return { outcome, results: takeResults(program, { outcome, flags }, rest) }
}

/** How the values of a program are asked for: one word a step, where that holds them, in place of two cells. */
export function valueFlags({ narrow }: Program): number {
  return narrow && LITTLE ? RUN.words : 0
}

/** What a program gave: its cells, or words, then its data. Nothing is behind an end that was refused at once. */
function takeResults(
  program: Program,
  { outcome, flags }: { outcome: Outcome; flags: number },
  reader: Reader,
): Results {
  const { done, elements } = outcome
  if (reader.left > 0) {
    const take = flags & RUN.words ? takeWords : takeCells
    const cells = take(program, reader, done)
    const data = reader.bytes(program.dataLength).slice()
    return new Results(program, { done, cells, data })
  }
  if (done > 0 || elements > 0) throw new Malformed('no results')
  const cells = new BigUint64Array(2 * program.steps.length)
  return new Results(program, { done, cells, data: new Uint8Array(program.dataLength) })
}

function takeWords(program: Program, reader: Reader, done: number): Uint32Array {
  const count = program.steps.length
  const words = new Uint32Array(reader.bytes(8 * Math.ceil(count / 2)).slice().buffer, 0, count)
  checkWords(program, words, done)
  return words
}

function takeCells(program: Program, reader: Reader, done: number): BigUint64Array {
  const cells = reader.u64s(2 * program.steps.length)
  checkCells(program, cells, done)
  return cells
}
