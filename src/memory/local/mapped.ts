import { type PhysmemError, RequestError } from '../../errors.ts'
import { type Addon, loadAddon, type MemoryHandle } from '../../native/addon.ts'
import { checkBounds } from '../bounds.ts'
import { checkNotStopped, closedError, type Failure, failureError } from '../failure.ts'
import { Memory, type RunOptions } from '../memory.ts'
import type { Program } from '../program.ts'
import { RunQueue } from '../queue.ts'
import { type RawResults, Results } from '../results.ts'
import { endOf, isWriting, type Step } from '../step.ts'
import { takeCells } from './cells.ts'
import { cacheError, errnoName, refusedError, widthError } from './refusal.ts'
import { runOnThread } from './run-on-thread.ts'
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
  noCacheControl: 10,
} as const

type Cells = RawResults['cells']

const NOTHING = new Uint8Array(0)

/** Programs that move more bytes than this run on another thread. */
const LARGE_BYTES = 64 * 1024

/**
 * A memory of this machine, behind a file or device node that is mapped page by page when needed.
 * Short programs run at once; those that wait, pause or move much run on a thread of the engine, so
 * that the event loop goes on. Runs of one memory never overlap; those of several are independent.
 */
export class MappedMemory extends Memory {
  readonly name: string
  readonly length: number | undefined
  readonly #source: MapSource
  readonly #addon: Addon
  readonly #handle: MemoryHandle
  readonly #queue = new RunQueue()
  /** How the last run ended, see `addon.ts`. One for all, since runs never overlap. */
  readonly #outcome = new Float64Array(5)
  /** Not zero while a run is to stop. */
  readonly #cancel = new Int32Array(1)
  #waiting = 0
  #closed = false

  /** Takes the source over: closing the memory closes it. */
  constructor(source: MapSource) {
    super()
    this.name = source.name
    this.length = source.length
    this.#source = source
    checkBase(source)
    this.#addon = loadAddon()
    this.#handle = this.#addon.memoryCreate(
      source.fd,
      source.base,
      source.length ?? -1,
      source.mode === 'write',
      source.regularFile,
      this.#outcome,
      this.#cancel,
      source.wholeOnly === true,
    )
  }

  /** As for every memory; besides, EREADONLY for a write where it was opened for reading. */
  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    this.#check(program)
    const cells = takeCells(program.steps.length * 2)
    const data = dataFor(program, options.buffer)
    if (this.#waiting === 0 && !isLong(program) && !options.signal?.aborted) {
      this.#addon.run(this.#handle, program.encoded, cells, data)
      return this.#finish(program, cells, data)
    }
    const { signal } = options
    this.#waiting++
    try {
      return await this.#queue.add(() => this.#runElsewhere(program, cells, data, signal), signal)
    } finally {
      this.#waiting--
    }
  }

  override async prepare(program: Program): Promise<void> {
    this.#check(program)
    await this.#queue.add(async () => {
      const cells = takeCells(program.steps.length * 2)
      this.#addon.prepare(this.#handle, program.encoded, cells, dataFor(program, undefined))
      this.#finish(program, cells, NOTHING)
    })
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

  async #runElsewhere(
    program: Program,
    cells: Cells,
    data: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<Results> {
    checkNotStopped(this.name, program, signal)
    const cancel = () => Atomics.store(this.#cancel, 0, 1)
    signal?.addEventListener('abort', cancel)
    try {
      await runOnThread(this.#addon, this.name, this.#handle, program, { cells, data })
    } finally {
      signal?.removeEventListener('abort', cancel)
      Atomics.store(this.#cancel, 0, 0)
    }
    return this.#finish(program, cells, data)
  }

  #finish(program: Program, cells: Cells, data: Uint8Array): Results {
    const [status, done = 0] = this.#outcome
    const results = new Results(program, { done, cells, data })
    if (status === STATUS.ok) return results
    throw this.#explain(program, results)
  }

  #explain(program: Program, results: Results): PhysmemError {
    const [status, step = 0, elementsDone = 0, number = 0, address = 0] = this.#outcome
    const failed = (code: Failure['code'], reason?: string) =>
      failureError(this.name, program, results, {
        code,
        step,
        elementsDone,
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
      case STATUS.noCacheControl:
        return cacheError(this.name, address, step)
      case STATUS.mapFailed: {
        const errno = errnoName(number)
        // A program that writes is mapped before its first step: the refused step may be a later one.
        const refused = program.steps.findIndex(
          (one) => endOf(one) > address && startsAt(one) <= address,
        )
        const data = { address, errno, step: Math.max(step, refused), elementsDone }
        const refusal = this.#source.explain(errno, address)
        return refusedError(this.name, refusal, data, results)
      }
      default:
        throw new Error(`engine status ${status} at step ${step} of ${this.name}`)
    }
  }
}

/** Room for what the program brings, and never more: the engine takes its length for that. */
function dataFor({ dataLength }: Program, buffer: Uint8Array | undefined): Uint8Array {
  if (dataLength === 0) return NOTHING
  const fits = buffer !== undefined && buffer.length >= dataLength && buffer.byteOffset % 8 === 0
  return fits ? buffer.subarray(0, dataLength) : new Uint8Array(dataLength)
}

function isLong(program: Program): boolean {
  return program.waits || program.blockBytes > LARGE_BYTES
}

function startsAt(step: Step): number {
  return 'address' in step ? step.address : Number.POSITIVE_INFINITY
}

/** Addresses are checked for alignment: what they count from must be aligned for every width, too. */
function checkBase({ base, name }: MapSource): void {
  if (base % 8 === 0) return
  throw new RequestError(
    'EALIGN',
    `${name} starts 0x${(base % 8).toString(16)} bytes behind a multiple of 8: its registers cannot be accessed by their offsets`,
    { place: name },
  )
}
