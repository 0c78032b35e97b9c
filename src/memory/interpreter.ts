import { setImmediate } from 'node:timers/promises'
import { PhysmemError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import type { Value, Width } from '../base/width.ts'
import { checkKind, shape } from '../text/options.ts'
import { checkLimits, type Limits } from './bounds.ts'
import { type Clock, pauseOverQuiet } from './clock.ts'
import { asValue, getElement, setElement, viewOf } from './elements.ts'
import { type Failure, failureError } from './failure.ts'
import { isLost, lostAccessError } from './lost.ts'
import { checkRun } from './options.ts'
import { Program } from './program.ts'
import { Results } from './results.ts'
import type { RunOptions } from './run-options.ts'
import { bitsOffset, markSkipped } from './skipped.ts'
import {
  type CacheAction,
  DEFAULT_INTERVAL_US,
  elementCount,
  type FillStep,
  type ReadBlockStep,
  type Step,
  type UpdateStep,
  type WaitStep,
  type WriteBlockStep,
} from './step.ts'

/**
 * What a memory written in TypeScript offers: single accesses, and the time beside them. What it
 * says of its limits is looked at before the first access.
 */
export interface Bus extends Clock, Limits {
  /** Set where every address will do for every width: a program made so is refused elsewhere. */
  misalignment?: 'any'
  /**
   * One load. A `bigint` at 64 bits, otherwise a `number`. Throws a BusFault, or, far away, ECONNECTION:
   * whether the access was made is not known then.
   */
  load(address: number, width: Width): Value | Promise<Value>
  /**
   * Loads elements at ascending addresses into `bytes`, all at once: for memories where that makes
   * no difference but to the time. Returns how many were loaded; the next one is then tried alone.
   */
  loadBlock?(address: number, width: Width, bytes: Uint8Array): number | Promise<number>
  /** One store of a `bigint` at 64 bits, otherwise of a `number`. Throws as `load` does. */
  store(address: number, width: Width, value: Value): void | Promise<void>
  /**
   * On a virtual clock: until when loads of this address give what a load now gives, as long as nothing
   * else is accessed. A wait leaves out its looks before that.
   */
  quietUntilUs?(address: number, width: Width): number
  /** Cleans or flushes cache lines. Missing where no cache stands between the bus and its accesses. */
  cache?(action: CacheAction, address: number, length: number): Promise<void>
}

/** Thrown by a bus for an access that failed; the interpreter makes an AccessError of it. */
export class BusFault extends Error {
  readonly code: 'EFAULT_BUS' | 'EFAULT_SEGV' | 'EIO' | 'EUNREADABLE'
  readonly reason: string | undefined
  readonly restOfPage: number | undefined

  /**
   * `reason` says in a few words why; without one the message speaks for the code. `restOfPage`: see
   * `ErrorData`.
   */
  constructor(reason?: string, code: BusFault['code'] = 'EFAULT_BUS', restOfPage?: number) {
    super(reason ?? code)
    this.code = code
    this.reason = reason
    this.restOfPage = restOfPage
  }
}

/** Whether nothing answered, and no more is known. */
function isSilence(error: unknown): boolean {
  return error instanceof BusFault && error.code === 'EFAULT_BUS' && error.reason === undefined
}

/** Elements of a block after which other work gets a turn. */
const PIECE = 16_384

/** Bytes of a block that are loaded at once, after which it does, too. */
const PIECE_BYTES = 2 ** 20

const BUS = shape<Bus>('a Bus', { load: 'function', store: 'function', nowUs: 'function' })

/**
 * Runs a program over a bus, with the semantics of the C engine: in order, each access made exactly
 * once, until the first step that fails. Rejects with the error that `failureError` makes, or before
 * any access with that of `checkLimits`.
 */
export function interpret(program: Program, bus: Bus, options: RunOptions = {}): Promise<Results> {
  checkRun(program, options)
  checkKind('bus', bus, BUS)
  return new Interpreter(program, bus, options).run()
}

type BlockStep = ReadBlockStep | WriteBlockStep | FillStep

/** Ends a step whose condition did not come true. */
class Stop {
  readonly code: 'ETIMEOUT' | 'EABORT'
  constructor(code: Stop['code']) {
    this.code = code
  }
}

class Interpreter {
  readonly #program: Program
  readonly #bus: Bus
  readonly #signal: AbortSignal | undefined
  readonly #cells: BigUint64Array
  readonly #data: DataView
  /** Of the step's last access, if it made one. */
  #direction: 'read' | 'write' | undefined
  #elementsDone = 0

  constructor(program: Program, bus: Bus, { signal, buffer }: RunOptions) {
    this.#program = program
    this.#bus = bus
    this.#signal = signal
    this.#cells = new BigUint64Array(program.steps.length * 2)
    const length = program.dataLength
    const fits = buffer !== undefined && buffer.length >= length
    this.#data = viewOf(fits ? buffer.subarray(0, length) : new Uint8Array(length))
  }

  async run(): Promise<Results> {
    const { steps } = this.#program
    checkLimits(this.#program, this.#bus)
    const isForAny = this.#program.misalignment === 'any' && this.#bus.misalignment !== 'any'
    if (isForAny) new Program(steps) // It throws for the first step that is not aligned.
    for (let index = 0; index < steps.length; index++) {
      this.#elementsDone = 0
      this.#direction = undefined
      try {
        this.#checkAbort()
        const pending = this.#step(steps[index] as Step, index)
        // What fails before anything was awaited has the stack of its caller.
        if (pending instanceof Promise) await pending
      } catch (error) {
        throw this.#failed(index, error)
      }
    }
    return this.#results(steps.length)
  }

  #step(step: Step, index: number): Promise<void> | void {
    switch (step.op) {
      case 'read':
        return this.#read(step.address, step.width, index)
      case 'write':
        return this.#store(step.address, step.width, asValue(step.value, step.width))
      case 'update':
        return this.#update(step, index)
      case 'wait':
        return this.#wait(step, index)
      case 'readBlock':
      case 'writeBlock':
      case 'fill':
        return this.#block(step, index)
      case 'delay':
        return this.#delay(step.us)
      case 'cache':
        return this.#bus.cache?.(step.action, step.address, step.length)
      case 'fence': // Every access of a bus is complete before the next begins.
        return
    }
  }

  #read(address: number, width: Width, index: number): Promise<void> | void {
    const value = this.#load(address, width)
    if (value instanceof Promise) return value.then((late) => this.#keep(index * 2, late))
    this.#keep(index * 2, value)
  }

  #update(step: UpdateStep, index: number): Promise<void> | void {
    const old = this.#load(step.address, step.width)
    if (old instanceof Promise) return old.then((late) => this.#change(step, index, late))
    return this.#change(step, index, old)
  }

  #change(step: UpdateStep, index: number, old: Value): Promise<void> | void {
    const { address, width } = step
    this.#keep(index * 2, old)
    const mask = BigInt(step.mask)
    const next = (BigInt(old) & ~mask) | (BigInt(step.value) & mask)
    const stored = this.#store(address, width, asValue(next, width))
    if (stored instanceof Promise) return stored.then(() => this.#keep(index * 2 + 1, next))
    this.#keep(index * 2 + 1, next)
  }

  #keep(cell: number, value: Value): void {
    this.#cells[cell] = BigInt(value)
  }

  async #wait(step: WaitStep, index: number): Promise<void> {
    const bus = this.#bus
    const [mask, equals] = [BigInt(step.mask), BigInt(step.equals)]
    const start = bus.nowUs()
    const deadline = start + step.timeoutMs * 1000
    for (;;) {
      // Taken before the load, so that the last load is made when the time is over, not before.
      const now = bus.nowUs()
      // Before the load, too, which may change what the next one gives.
      const quietUntilUs = bus.quietUntilUs?.(step.address, step.width)
      const value = BigInt(await this.#load(step.address, step.width))
      this.#cells[index * 2] = value
      this.#cells[index * 2 + 1] = BigInt(Math.round((bus.nowUs() - start) * 1000))
      if (((value & mask) === equals) !== (step.negate === true)) return
      if (now >= deadline) throw new Stop('ETIMEOUT')
      const intervalUs = step.intervalUs ?? DEFAULT_INTERVAL_US
      const pauseUs =
        quietUntilUs === undefined ? intervalUs : pauseOverQuiet(intervalUs, now, quietUntilUs)
      await bus.sleepUs(Math.min(pauseUs, deadline - now), this.#signal)
      this.#checkAbort()
    }
  }

  async #block(step: BlockStep, index: number): Promise<void> {
    const { width } = step
    const count = elementCount(step)
    const stride = 'stepping' in step && step.stepping === 'fixed' ? 0 : width / 8
    const access = this.#element(step, index)
    const bulk = step.op === 'readBlock' && stride > 0 && this.#bus.loadBlock !== undefined
    const skipped = this.#skipBits(step, index)
    for (let done = 0; done < count; ) {
      if (bulk) {
        done += await this.#loadPiece(step, index, done)
        this.#elementsDone = done
        if (done === count) return
        await setImmediate()
        this.#checkAbort()
      }
      try {
        const pending = access(step.address + done * stride, done * (width / 8))
        // Awaiting what is not a promise would cost more than the access.
        if (pending instanceof Promise) await pending
      } catch (error) {
        if (!skipped || !isSilence(error)) throw error
        markSkipped(skipped, done)
      }
      this.#elementsDone = ++done
      if (done === count) return
      if (done % PIECE === 0) await setImmediate()
      this.#checkAbort()
    }
  }

  /** Where a block notes what it passes over; `undefined` when it ends at the first fault. */
  #skipBits(step: BlockStep, index: number): Uint8Array | undefined {
    if (step.op !== 'readBlock' || step.onFault !== 'skip') return undefined
    const start = this.#data.byteOffset + this.#program.dataOffset(index) + bitsOffset(step)
    return new Uint8Array(this.#data.buffer, start, Math.ceil(step.count / 8)).fill(0)
  }

  /** As many elements as can be loaded at once, of a block of which `done` are. */
  #loadPiece({ address, width, count }: ReadBlockStep, index: number, done: number) {
    const bytes = width / 8
    const start = this.#program.dataOffset(index) + done * bytes
    const length = Math.min((count - done) * bytes, PIECE_BYTES)
    this.#direction = 'read'
    const into = new Uint8Array(this.#data.buffer, this.#data.byteOffset + start, length)
    return this.#bus.loadBlock?.(address + done * bytes, width, into) ?? 0
  }

  /** What is done for the element at `address`, which lies at `offset` in the step's bytes. */
  #element(step: BlockStep, index: number): (address: number, offset: number) => unknown {
    const { width } = step
    if (step.op === 'fill') {
      const value = asValue(step.value, width)
      return (address) => this.#store(address, width, value)
    }
    if (step.op === 'writeBlock') {
      const source = viewOf(step.data)
      return (address, offset) => this.#store(address, width, getElement(source, offset, width))
    }
    const start = this.#program.dataOffset(index)
    const keep = (offset: number, value: Value) =>
      setElement(this.#data, start + offset, width, value)
    return (address, offset) => {
      const value = this.#load(address, width)
      if (value instanceof Promise) return value.then((late) => keep(offset, late))
      return keep(offset, value)
    }
  }

  async #delay(us: number): Promise<void> {
    await this.#bus.sleepUs(us, this.#signal)
    this.#checkAbort()
  }

  #load(address: number, width: Width): Value | Promise<Value> {
    this.#direction = 'read'
    return this.#bus.load(address, width)
  }

  #store(address: number, width: Width, value: Value): void | Promise<void> {
    this.#direction = 'write'
    return this.#bus.store(address, width, value)
  }

  #checkAbort(): void {
    if (this.#signal?.aborted) throw new Stop('EABORT')
  }

  #failed(step: number, error: unknown): unknown {
    const failure: Partial<Failure> = { step, elementsDone: this.#elementsDone }
    if (error instanceof BusFault) {
      const { code, cause, restOfPage } = error
      Object.assign(failure, { code, cause, restOfPage })
      if (this.#direction !== undefined) failure.direction = this.#direction
      if (error.reason !== undefined) failure.reason = error.reason
    } else if (error instanceof Stop) {
      failure.code = error.code
      if (error.code === 'EABORT') failure.cause = this.#signal?.reason
    } else if (isLost(error)) {
      const done = this.#elementsDone
      return lostAccessError(error, this.#program, this.#results(step), done, this.#signal)
    } else if (error instanceof PhysmemError) {
      // A refusal that the bus met: it is reported in its own words.
      const data = { step, elementsDone: this.#elementsDone }
      return retell(error, { data, results: this.#results(step) })
    } else return error
    return failureError(this.#bus.name, this.#program, this.#results(step), failure as Failure)
  }

  #results(done: number): Results {
    return new Results(this.#program, {
      done,
      cells: this.#cells,
      data: new Uint8Array(this.#data.buffer, this.#data.byteOffset, this.#data.byteLength),
    })
  }
}
