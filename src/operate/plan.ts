import { PhysmemError } from '../base/errors.ts'
import { after, attempt, inTurn, type Pending } from '../base/pending.ts'
import { retell } from '../base/retell.ts'
import type { RunResults } from '../base/run-results.ts'
import type { Value } from '../base/width.ts'
import { checkBounds } from '../memory/bounds.ts'
import type { Memory } from '../memory/memory.ts'
import { Program } from '../memory/program.ts'
import type { Step } from '../memory/step.ts'
import type { Place } from '../place/schemes/index.ts'
import { tellOfPlace } from './failure.ts'

/**
 * The steps of one command, in order, over any number of memories: consecutive steps in the same
 * memory are one program. `check` builds and bounds-checks all of them, so that nothing is touched
 * when any is wrong. May be run again and again; results are those of the last run.
 */
export class Plan {
  readonly #runs: Run[] = []
  #prepared = false

  /** `place` names something in the memory, and `name` a register there, for messages. */
  add(memory: Memory, place: Place, step: Step, name?: string): PlannedStep {
    let run = this.#runs.at(-1)
    if (run?.memory !== memory) {
      run = {
        memory,
        places: [],
        names: [],
        steps: [],
        program: undefined,
        results: undefined,
        elementsDone: 0,
      }
      this.#runs.push(run)
    }
    run.steps.push(step)
    run.places.push(place)
    run.names.push(name)
    return new PlannedStep(run, run.steps.length - 1)
  }

  /** Throws a RequestError for the first program that is not well formed, or not inside its memory. */
  check(): void {
    for (const run of this.#runs) {
      try {
        run.program = new Program(run.steps, run.memory.misalignment)
        checkBounds(run.program, run.memory.name, run.memory.length)
      } catch (error) {
        throw error instanceof PhysmemError ? inWordsOf(run, alone(run, error)) : error
      }
    }
  }

  /** Runs what was checked; the first failure ends it. */
  async run(signal?: AbortSignal): Promise<void> {
    await this.start(signal)
  }

  /** The same, which has ended when it returns where nothing is waited for. */
  start(signal?: AbortSignal): Pending<void> {
    for (const run of this.#runs) {
      run.results = undefined
      run.elementsDone = 0
    }
    // Of several steps none is run before all are known to be let: a load, too, may change a device.
    // What is run again and again was let the first time.
    const steps = this.#runs.reduce((sum, run) => sum + run.steps.length, 0)
    const prepared = steps > 1 && !this.#prepared ? this.prepare() : undefined
    return after(prepared, () => {
      this.#prepared = true
      return after(
        inTurn(this.#runs, (run) => runOne(run, signal)),
        nothing,
      )
    })
  }

  /** Finds out, without any access, what the system refuses of what was checked: rejects as `run` would. */
  async prepare(): Promise<void> {
    for (const run of this.#runs) await lookAhead(run, 'prepare')
  }

  /** For a dry run: as `prepare`, and besides what a memory knows of its accesses without making one. */
  async foresee(): Promise<void> {
    for (const run of this.#runs) await lookAhead(run, 'foresee')
  }
}

const nothing = () => {}

interface Run {
  memory: Memory
  /** What each step accesses. */
  places: Place[]
  names: (string | undefined)[]
  steps: Step[]
  program: Program | undefined
  results: RunResults | undefined
  /** Elements that were done of the block that failed. */
  elementsDone: number
}

async function lookAhead(run: Run, how: 'prepare' | 'foresee'): Promise<void> {
  if (run.program === undefined) throw new Error('a plan is checked before it is run')
  try {
    await run.memory[how](run.program)
  } catch (error) {
    throw error instanceof PhysmemError ? inWordsOf(run, error, how === 'foresee') : error
  }
}

function runOne(run: Run, signal: AbortSignal | undefined): Pending<void> {
  const { program } = run
  if (program === undefined) throw new Error('a plan is checked before it is run')
  const results = attempt(
    () => run.memory.start(program, signal && { signal }),
    (error) => {
      if (!(error instanceof PhysmemError)) throw error
      run.results = error.results
      run.elementsDone = error.data.elementsDone ?? 0
      throw inWordsOf(run, error)
    },
  )
  return after(results, (done) => {
    run.results = done
  })
}

/** In the words of the place that the failing step accesses. */
function inWordsOf(
  { memory, places, names, steps }: Run,
  error: PhysmemError,
  foreseen = false,
): unknown {
  const index = error.data.step ?? 0
  const [place, step] = [places[index], steps[index]]
  if (!place || !step || !('address' in step)) return error
  return tellOfPlace(error, place, { memory, address: step.address }, foreseen, names[index])
}

/**
 * What is wrong with a step, as if it were the only one: a person at the command line knows none.
 */
function alone({ steps, memory }: Run, error: PhysmemError): PhysmemError {
  const { step = 0 } = error.data
  const wrong = steps[step]
  if (wrong === undefined || steps.length === 1) return error
  try {
    new Program([wrong], memory.misalignment)
    return error
  } catch (single) {
    return single instanceof PhysmemError ? retell(single, { data: { step } }) : error
  }
}

/** One step of a plan, and after a run what it gave. */
export class PlannedStep {
  readonly #run: Run
  readonly #index: number

  constructor(run: Run, index: number) {
    this.#run = run
    this.#index = index
  }

  /** Whether it was done completely. */
  get done(): boolean {
    return (this.#run.results?.done ?? 0) > this.#index
  }

  get value(): Value {
    return this.#results.value(this.#index)
  }

  get written(): Value {
    return this.#results.written(this.#index)
  }

  /** The bytes of a block as far as they were read. */
  get bytes(): Uint8Array {
    const { results, elementsDone } = this.#run
    if (results === undefined || results.done < this.#index) return new Uint8Array(0)
    if (results.done > this.#index) return results.bytes(this.#index)
    return results.partialBytes(this.#index, elementsDone)
  }

  get #results(): RunResults {
    if (this.#run.results === undefined) throw new Error('the plan was not run')
    return this.#run.results
  }
}
