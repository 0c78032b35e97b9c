import { constants } from 'node:os'
import type { PhysmemError } from '../base/errors.ts'
import type { Pending } from '../base/pending.ts'
import { checkLimits } from '../memory/bounds.ts'
import { checkNotStopped, closedError } from '../memory/failure.ts'
import { Memory } from '../memory/memory.ts'
import { checkAlignment, movedBy } from '../memory/moved.ts'
import { checkProgram, checkRun } from '../memory/options.ts'
import type { Program } from '../memory/program.ts'
import { RunQueue } from '../memory/queue.ts'
import { type RawResults, Results } from '../memory/results.ts'
import { roomFor } from '../memory/room.ts'
import type { RunOptions } from '../memory/run-options.ts'
import type { SampleOptions, SamplingEnd, TakeSamples } from '../memory/sampling.ts'
import { type Addon, loadAddon, type MemoryHandle, type ProgramHandle } from './addon.ts'
import { takeCells } from './cells.ts'
import { outcomeError, refusedMapping } from './outcome.ts'
import { reserveThread, runOnThread } from './run-on-thread.ts'
import type { MapSource } from './source.ts'
import { memoryError, STATUSES, type Status } from './status.ts'

type Cells = RawResults['cells']

/** A program that is not done yet, from its step `first` on, and where its results go. */
interface Rest {
  program: Program
  cells: Cells
  data: Uint8Array
  first: number
  signal: AbortSignal | undefined
}

const NOTHING = new Uint8Array(0)

/** Programs that move more bytes than this run on another thread. */
const LARGE_BYTES = 64 * 1024

/** Programs of so many steps are kept by the engine: a handle costs more than to check a few steps. */
const KEPT_STEPS = 16

/** What the engine keeps of a program, for all memories. */
const handles = new WeakMap<Program, ProgramHandle>()

/**
 * A memory of this machine, behind a file or device node that is mapped page by page when needed.
 * Programs run at once as far as they need not wait; what waits, pauses or moves much runs on a thread
 * of the engine, so that the event loop goes on. Runs of one memory never overlap; those of several are independent.
 */
export class MappedMemory extends Memory {
  readonly name: string
  readonly length: number | undefined
  readonly #source: MapSource
  readonly #addon: Addon
  readonly #handle: MemoryHandle
  readonly #queue = new RunQueue()
  /** How the last run ended, see `addon.ts`. One for all, since runs never overlap. */
  readonly #outcome = new Float64Array(6)
  /** Not zero while a run is to stop. */
  readonly #cancel = new Int32Array(1)
  /** Long programs that lie inside this memory, which does not change: that is looked at once. */
  readonly #fitting = new WeakSet<Program>()
  /** Programs as the engine takes them, where its addresses are not ours. */
  readonly #moved = new WeakMap<Program, Program>()
  #waiting = 0
  #closed = false

  /** Takes the source over: closing the memory closes it. Its length is known where it is `wholeOnly`. */
  constructor(source: MapSource) {
    super()
    this.name = source.name
    this.length = source.length
    this.#source = source
    if (source.wholeOnly && source.length === undefined) {
      throw new Error(`${source.name} has no length: memoryOf() makes its memory`)
    }
    this.#addon = loadAddon()
    this.#handle = this.#withMemory(() =>
      this.#addon.memoryCreate(
        source.fd,
        source.base - this.misalignment,
        source.length === undefined ? -1 : source.length + this.misalignment,
        source.mode === 'write',
        source.regularFile,
        this.#outcome,
        this.#cancel,
        source.wholeOnly === true,
      ),
    )
  }

  override get misalignment(): number {
    return this.#source.base % 8
  }

  /** As for every memory; besides, EREADONLY for a write where it was opened for reading. */
  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    const pending = this.start(program, options)
    return pending instanceof Promise ? await pending : pending
  }

  /** @internal */
  override start(program: Program, options: RunOptions = {}): Pending<Results> {
    checkRun(program, options)
    this.#check(program)
    const cells = takeCells(program)
    // The engine takes its length for that of the data.
    const data = roomFor(program, options.buffer)
    const { signal } = options
    let first = 0
    if (this.#waiting === 0 && program.blockBytes <= LARGE_BYTES && !signal?.aborted) {
      if (program.waits) reserveThread(this.#addon, this.name)
      this.#addon.run(this.#handle, this.#form(program, cells), cells, data)
      if (this.#status !== 'pending') return this.#finish(program, cells, data)
      first = this.#outcome[1] ?? 0
    }
    return this.#continue({ program, cells, data, first, signal })
  }

  async #continue(rest: Rest): Promise<Results> {
    this.#waiting++
    try {
      return await this.#queue.add(() => this.#runElsewhere(rest), rest.signal)
    } finally {
      this.#waiting--
    }
  }

  override async prepare(program: Program): Promise<void> {
    this.#check(program)
    await this.#queue.add(async () => {
      const cells = takeCells(program)
      this.#addon.prepare(this.#handle, this.#form(program, cells), cells, NOTHING)
      this.#finish(program, cells, NOTHING)
    })
  }

  /** @internal */
  override async sample(
    program: Program,
    options: SampleOptions,
    take: TakeSamples,
  ): Promise<SamplingEnd> {
    this.#check(program)
    this.#waiting++
    try {
      const sample = () => this.#sampleElsewhere(program, options, take)
      // What is wrong with the options is said in its turn.
      return await this.#queue.add(sample, options?.signal)
    } finally {
      this.#waiting--
    }
  }

  async #sampleElsewhere(program: Program, options: SampleOptions, take: TakeSamples) {
    const { checkSampling, NO_SAMPLES } = await import('../memory/sampling.ts')
    const { sampleOnThread } = await import('./sample-on-thread.ts')
    checkSampling(program, options, take)
    const { signal } = options
    // Aborted before its turn, it stands beside another program, whose cancel is not its own.
    if (signal?.aborted) return NO_SAMPLES
    const moved = this.#move(program)
    const cancel = () => Atomics.store(this.#cancel, 0, 1)
    const engine = { addon: this.#addon, name: this.name, handle: this.#handle, cancel }
    const look = () => {
      const lost = this.#source.lost?.()
      if (lost) throw lost
    }
    signal?.addEventListener('abort', cancel)
    try {
      const end = await sampleOnThread(engine, moved, options, take, look)
      const status = this.#status
      if (status === 'ok' || status === 'cancelled') return end
      const cells = new BigUint64Array(2 * program.steps.length)
      throw this.#explain(program, new Results(program, { done: 0, cells, data: NOTHING }))
    } finally {
      signal?.removeEventListener('abort', cancel)
      Atomics.store(this.#cancel, 0, 0)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue.idle()
    this.#addon.memoryDestroy(this.#handle)
    this.#source.close()
  }

  get #status(): Status | undefined {
    return STATUSES[this.#outcome[0] ?? 0]
  }

  #check(program: Program): void {
    if (this.#closed) throw closedError(this.name)
    checkProgram(program)
    const lost = this.#source.lost?.()
    if (lost) throw lost
    if (this.#fitting.has(program)) return
    checkAlignment(program, this.misalignment)
    const readOnly = this.#source.mode !== 'write'
    checkLimits(program, { name: this.name, length: this.length, readOnly })
    if (program.steps.length >= KEPT_STEPS) this.#fitting.add(program)
  }

  /** The program as the engine takes it. */
  #form(program: Program, cells: Cells): ProgramHandle | Uint8Array {
    const moved = this.#move(program)
    if (moved.steps.length < KEPT_STEPS) return moved.encoded
    const known = handles.get(moved)
    if (known) return known
    const { encoded } = moved
    const handle = this.#withMemory(() => this.#addon.programCheck(encoded, this.#outcome))
    if (!handle) {
      throw this.#explain(program, new Results(program, { done: 0, cells, data: NOTHING }))
    }
    handles.set(moved, handle)
    return handle
  }

  /** What the engine makes, or ENOMEMORY. */
  #withMemory<T>(make: () => T): T {
    try {
      return make()
    } catch (cause) {
      const { errno } = cause as { errno?: number }
      throw errno === constants.errno.ENOMEM ? memoryError(this.name, {}, cause) : cause
    }
  }

  /** The engine counts from a multiple of 8: an address that is aligned there is so in memory. */
  #move(program: Program): Program {
    const { misalignment } = this
    if (misalignment === 0) return program
    const moved = this.#moved.get(program) ?? movedBy(program, misalignment)
    this.#moved.set(program, moved)
    return moved
  }

  async #runElsewhere({ program, cells, data, first, signal }: Rest): Promise<Results> {
    checkNotStopped(this.name, program, signal, new Results(program, { done: first, cells, data }))
    if (program.steps.length === 0) return new Results(program, { done: 0, cells, data })
    const cancel = () => Atomics.store(this.#cancel, 0, 1)
    signal?.addEventListener('abort', cancel)
    try {
      const form = this.#form(program, cells)
      await runOnThread(this.#addon, this.name, (done) =>
        this.#addon.runAsync(this.#handle, form, cells, data, first, done),
      )
    } finally {
      signal?.removeEventListener('abort', cancel)
      Atomics.store(this.#cancel, 0, 0)
    }
    return this.#finish(program, cells, data, signal)
  }

  #finish(program: Program, cells: Cells, data: Uint8Array, signal?: AbortSignal): Results {
    const { 0: status, 1: done = 0 } = this.#outcome
    const results = new Results(program, { done, cells, data })
    if (status === 0) return results
    throw this.#explain(program, results, signal)
  }

  #explain(program: Program, results: Results, signal?: AbortSignal): PhysmemError {
    const [status = 0, done = 0, step = 0, elements = 0, errno = 0, moved = 0] = this.#outcome
    const outcome = { status, done, step, elements, errno, address: moved - this.misalignment }
    const { name, base, regularFile } = this.#source
    const memory = { name, base, regularFile, pageSize: this.#addon.pageSize, cpu: process.arch }
    const refused = refusedMapping(outcome)
    const refusal = refused && this.#source.explain(refused.errno, refused.address)
    return outcomeError(memory, program, results, outcome, { refusal, signal })
  }
}
