import type { PhysmemError } from '../base/errors.ts'
import {
  type Outcome,
  type OutcomeMemory,
  outcomeError,
  refusedMapping,
} from '../engine/outcome.ts'
import type { Mode } from '../engine/source.ts'
import { checkLimits } from '../memory/bounds.ts'
import { checkNotStopped, closedError } from '../memory/failure.ts'
import { Gathered } from '../memory/gathered.ts'
import { lostBetween, lostError } from '../memory/lost.ts'
import { Memory } from '../memory/memory.ts'
import { checkAlignment, movedBy } from '../memory/moved.ts'
import { checkProgram, checkRun } from '../memory/options.ts'
import type { Part } from '../memory/part.ts'
import type { Program } from '../memory/program.ts'
import { RunQueue } from '../memory/queue.ts'
import type { Results } from '../memory/results.ts'
import type { RunOptions } from '../memory/run-options.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { packed } from './bytes.ts'
import { connectionError } from './errors.ts'
import { isLockedOut, locksAsked } from './locks.ts'
import { closeNode } from './nodes.ts'
import { type Piece, piecesOf } from './pieces.ts'
import { RUN } from './protocol.ts'
import type { Answer, Session } from './session.ts'
import { Streams } from './streams.ts'
import { takeEnd, takePrepared, valueFlags } from './told.ts'

/** An open node of an agent's machine, and what is mapped of it. */
export interface RemoteSource {
  readonly name: string
  readonly node: number
  readonly memory: number
  readonly mode: Mode
  /** Offset in the node of address 0. */
  readonly base: number
  readonly length: number | undefined
  readonly regularFile: boolean
  /** Why what is mapped must not be accessed any more. */
  lost?(): Promise<PhysmemError | undefined>
  /** Why mmap was refused at an address. */
  explain(errno: string, address: number): Promise<Refusal>
}

/**
 * A memory of another machine, whose accesses the agent there makes: the same programs, checked by the
 * same code, each run in as few trips as it fits into. Runs never overlap. Nothing is asked again: where
 * the connection is lost, the error (ECONNECTION) says what is known to be done.
 */
export class RemoteMemory extends Memory {
  readonly name: string
  readonly length: number | undefined
  readonly #session: Session
  readonly #source: RemoteSource
  readonly #queue = new RunQueue()
  readonly #streams: Streams
  /** How a program goes to the agent, which takes longer to find out than to run it. */
  readonly #plans = new WeakMap<Program, readonly Piece[]>()
  #closed = false

  constructor(session: Session, source: RemoteSource) {
    super()
    this.name = source.name
    this.length = source.length
    this.#session = session
    this.#source = source
    this.#streams = new Streams(session, source.memory)
  }

  override get misalignment(): number {
    return this.#source.base % 8
  }

  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    checkRun(program, options)
    this.#check(program)
    return await this.#queue.add(() => this.#run(program, options), options.signal)
  }

  override async prepare(program: Program): Promise<void> {
    this.#check(program)
    await this.#queue.add(async () => {
      await this.#checkThere()
      await this.#prepare(program)
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue.idle()
    await this.#streams.drop()
    // Nobody waits for the answer: what is asked later is done later. Where the connection is lost the
    // agent is gone, and with it all that it had open.
    void closeNode(this.#session, this.#source.node).catch(() => {})
  }

  #check(program: Program): void {
    if (this.#closed) throw closedError(this.name)
    checkProgram(program)
    checkAlignment(program, this.misalignment)
    const readOnly = this.#source.mode !== 'write'
    checkLimits(program, { name: this.name, length: this.length, readOnly })
  }

  async #checkThere(): Promise<void> {
    const lost = await this.#source.lost?.()
    if (lost) throw lost
  }

  async #run(program: Program, options: RunOptions): Promise<Results> {
    const { signal } = options
    checkNotStopped(this.name, program, signal)
    const pieces = this.#piecesOf(program)
    const gathered = new Gathered(program)
    let done = 0
    try {
      await this.#checkThere()
      if (pieces.length > 1 && program.needsPreparing) await this.#prepare(program)
    } catch (error) {
      throw lostBetween(error, program, gathered.results(0))
    }
    for (const piece of pieces) {
      const { lost } = this.#session
      if (lost) throw lostBetween(lost, program, gathered.results(done))
      const { parts } = piece
      try {
        const { outcome, results } = await this.#runPiece(piece, options)
        if (outcome.status === 0 && piece.program === program) return results
        const failed = outcome.status === 0 ? undefined : { elementsDone: outcome.elements }
        gathered.take(parts, results, failed)
        if (failed) throw await this.#failed(program, gathered, parts, outcome, signal)
      } catch (error) {
        throw lostError(error, program, gathered.results(done), parts, signal)
      }
      done = (parts.at(-1)?.index ?? 0) + 1
    }
    return gathered.results(program.steps.length)
  }

  #piecesOf(program: Program): readonly Piece[] {
    const known = this.#plans.get(program)
    if (known) return known
    const pieces = piecesOf(movedBy(program, this.misalignment))
    this.#plans.set(program, pieces)
    return pieces
  }

  async #runPiece({ program, isStream, form, mostMs }: Piece, options: RunOptions) {
    const { memory } = this.#source
    const { signal, ahead } = options
    const locks = locksAsked(this.#session)
    if (isStream) {
      await locks?.taken
      return await this.#streams.run(program, options, this.#streamOf(ahead))
    }
    await this.#streams.drop()
    const flags = form.flags | valueFlags(program) | (locks ? RUN.locked : 0)
    const request = packed({ u32: memory }, { u32: flags }, form.bytes)
    const take = (answer: Answer) =>
      locks && isLockedOut(answer) ? undefined : takeEnd(answer, program, flags)
    const end = await this.#session.ask('run', request, take, { signal, moreMs: mostMs })
    if (end !== undefined) return end
    await locks?.taken
    throw connectionError(this.#session.name, 'its agent refused a run under locks that it gave')
  }

  /** What will be run next, where that is one stream, and nothing need be looked at before. */
  #streamOf(ahead: RunOptions['ahead']): RunOptions['ahead'] {
    if (ahead === undefined || this.#source.lost !== undefined) return undefined
    const [piece, ...more] = this.#piecesOf(ahead.program)
    if (piece === undefined || more.length > 0 || !piece.isStream) return undefined
    return { ...ahead, program: piece.program }
  }

  /** What would be refused is, before the first access. */
  async #prepare(program: Program): Promise<void> {
    for (const { parts, program: piece, form } of this.#piecesOf(program)) {
      const { steps } = piece
      const request = packed({ u32: this.#source.memory }, { u32: form.flags }, form.bytes)
      const outcome = await this.#session.ask('prepare', request, (answer) =>
        takePrepared(answer, steps),
      )
      if (outcome.status === 0) continue
      throw await this.#failed(program, new Gathered(program), parts, { ...outcome, done: 0 })
    }
  }

  /** The error of a part, told of the whole program. */
  async #failed(
    program: Program,
    gathered: Gathered,
    parts: readonly Part[],
    outcome: Outcome,
    signal?: AbortSignal,
  ): Promise<PhysmemError> {
    const { index, from } = parts[outcome.step] ?? { index: 0, from: 0 }
    const { name, base, regularFile } = this.#source
    const { pageSize, cpu } = this.#session.hello
    const memory: OutcomeMemory = { name, base, regularFile, pageSize, cpu }
    const address = outcome.address - this.misalignment
    const whole = { ...outcome, step: index, elements: from + outcome.elements, address }
    const refused = refusedMapping(whole)
    const refusal = refused && (await this.#source.explain(refused.errno, refused.address))
    const done = parts[outcome.done]?.index ?? index
    return outcomeError(memory, program, gathered.results(done), whole, { refusal, signal })
  }
}
