import { type PhysmemError, RequestError } from '../../errors.ts'
import { type Addon, loadAddon, type MemoryHandle } from '../../native/addon.ts'
import { checkBounds } from '../bounds.ts'
import { closedError, type Failure, failureError } from '../failure.ts'
import { Memory, type RunOptions } from '../memory.ts'
import type { Program } from '../program.ts'
import { RunQueue } from '../queue.ts'
import { Results } from '../results.ts'
import { isWriting } from '../step.ts'
import { errnoName, refusedError, widthError } from './refusal.ts'
import type { MapSource } from './source.ts'

/** `enum pm_status` in native/engine.h. */
const STATUS = {
  ok: 0,
  mapFailed: 2,
  faultBus: 3,
  faultSegv: 4,
  timedOut: 5,
  cancelled: 6,
  noSuchWidth: 7,
} as const

/** Programs that move more bytes than this run on another thread. */
const LARGE_BYTES = 64 * 1024

/**
 * A memory of this machine, behind a file or device node that is mapped page by page when needed.
 * Short programs run at once; those that wait, pause or move much run on another thread, so that
 * the event loop goes on. Runs never overlap.
 */
export class MappedMemory extends Memory {
  readonly name: string
  readonly length: number | undefined
  readonly #source: MapSource
  readonly #addon: Addon
  readonly #handle: MemoryHandle
  readonly #queue = new RunQueue()
  #waiting = 0
  #closed = false

  /** Takes the source over: closing the memory closes it. */
  constructor(source: MapSource) {
    super()
    this.name = source.name
    this.length = source.length
    this.#source = source
    this.#addon = loadAddon()
    this.#handle = this.#addon.memoryCreate(
      source.fd,
      source.base,
      source.length ?? -1,
      source.mode === 'write',
      source.regularFile,
    )
  }

  /** As for every memory; besides, EREADONLY for a write where it was opened for reading. */
  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    this.#check(program)
    const work = new Work(program, options.buffer)
    if (this.#waiting === 0 && !isLong(program) && !options.signal?.aborted) {
      this.#addon.run(this.#handle, ...work.arguments)
      return this.#finish(work)
    }
    this.#waiting++
    try {
      return await this.#queue.add(() => this.#runElsewhere(work, options.signal))
    } finally {
      this.#waiting--
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue.idle()
    this.#addon.memoryDestroy(this.#handle)
    this.#source.close()
  }

  #check(program: Program): void {
    if (this.#closed) throw closedError(this.name)
    checkBounds(program, this.name, this.length)
    if (this.#source.mode === 'write' || !program.writes) return
    const step = program.steps.findIndex(isWriting)
    throw new RequestError('EREADONLY', `${this.name} was opened for reading only`, { step })
  }

  async #runElsewhere(work: Work, signal: AbortSignal | undefined): Promise<Results> {
    const cancel = () => Atomics.store(work.cancel, 0, 1)
    // The engine looks at it before every step: one that was cancelled before does nothing.
    if (signal?.aborted) cancel()
    signal?.addEventListener('abort', cancel)
    try {
      await this.#addon.runAsync(this.#handle, ...work.arguments)
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
    return this.#finish(work)
  }

  #finish(work: Work): Results {
    if (work.status === STATUS.ok) return work.results
    throw this.#explain(work)
  }

  #explain(work: Work): PhysmemError {
    const { program, results, status, address } = work
    const step = results.done
    const failed = (code: Failure['code'], reason?: string) =>
      failureError(this.name, program, results, {
        code,
        step,
        elementsDone: work.elements,
        ...(reason ? { reason } : {}),
      })
    switch (status) {
      case STATUS.faultBus:
        return failed('EFAULT_BUS', this.#source.regularFile ? 'the file ends before' : undefined)
      case STATUS.faultSegv:
        return failed('EFAULT_SEGV')
      case STATUS.timedOut:
        return failed('ETIMEOUT')
      case STATUS.cancelled:
        return failed('EABORT')
      case STATUS.noSuchWidth:
        return widthError(this.name, address)
      case STATUS.mapFailed: {
        const refusal = this.#source.explain(errnoName(work.errno), address)
        const data = { address, errno: errnoName(work.errno), step, elementsDone: work.elements }
        return refusedError(this.name, refusal, data, results)
      }
      default:
        throw new Error(`engine status ${status} at step ${step} of ${this.name}`)
    }
  }
}

/** What one run hands to the engine and gets back. */
class Work {
  readonly program: Program
  readonly cells: ArrayBuffer
  /** Never longer than what the program brings: the engine takes its length for that. */
  readonly data: Uint8Array
  readonly outcome = new Float64Array(5)
  readonly cancel = new Int32Array(1)

  constructor(program: Program, buffer?: Uint8Array) {
    const length = program.dataLength
    const fits = buffer !== undefined && buffer.length >= length && buffer.byteOffset % 8 === 0
    this.program = program
    this.cells = new ArrayBuffer(program.steps.length * 16)
    this.data = fits ? buffer.subarray(0, length) : new Uint8Array(length)
  }

  get arguments() {
    return [this.program.encoded, this.cells, this.data, this.outcome, this.cancel] as const
  }

  get results(): Results {
    return new Results(this.program, {
      done: this.outcome[1] ?? 0,
      cells: this.cells,
      data: this.data,
    })
  }

  get status(): number {
    return this.outcome[0] ?? 0
  }

  get elements(): number {
    return this.outcome[2] ?? 0
  }

  get errno(): number {
    return this.outcome[3] ?? 0
  }

  get address(): number {
    return this.outcome[4] ?? 0
  }
}

function isLong(program: Program): boolean {
  return program.waits || program.blockBytes > LARGE_BYTES
}
