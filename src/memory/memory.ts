import type { Pending } from '../base/pending.ts'
import type { Value, ValueOf, Width } from '../base/width.ts'
import { checkBounds } from './bounds.ts'
import type { Misalignment } from './check.ts'
import { checkWaitOptions } from './options.ts'
import { Program } from './program.ts'
import type { Results } from './results.ts'
import type { RunOptions, WaitOptions } from './run-options.ts'
import type { SampleOptions, SamplingEnd, TakeSamples } from './sampling.ts'
import { type CacheAction, DEFAULT_TIMEOUT_MS, type Step, type Stepping } from './step.ts'
import { allOnes } from './value.ts'

/** Of a wait: the value that met its condition, and how long it took. */
export interface WaitResult<V extends Value = Value> {
  value: V
  elapsedUs: number
}

/** Of an update: what was found, and what was stored. */
export interface UpdateResult<V extends Value = Value> {
  old: V
  written: V
}

/**
 * Something with physical addresses that can be accessed. A kind of memory implements `name`,
 * `run` and `close`; everything else is built on `run` here, once, for all kinds.
 *
 * Every method rejects with a RequestError before anything was touched when the request is wrong
 * (width, alignment, value, range), and with an AccessError when an access failed.
 */
export abstract class Memory {
  /** How a person would name it, for example `/dev/mem` or `pci:0000:00:04.0/bar0`. */
  abstract readonly name: string

  /** Bytes from address 0 that exist, or `undefined` when the memory itself does not know. */
  abstract readonly length: number | undefined

  /**
   * What people call address 0 of this memory: the first address of a piece of virtual memory, which
   * has more addresses than a number holds exactly; 0n for everything else.
   */
  get origin(): bigint {
    return 0n
  }

  /**
   * Bytes from address 0 that may be read, where what comes after them is known to be refused to this
   * process: of configuration space, the header. A program that reaches further is refused whole.
   *
   * @internal
   */
  get visible(): number | undefined {
    return this.length
  }

  /**
   * How many bytes, 0 to 7, address 0 lies past a multiple of 8 in physical memory, where alignment
   * counts: not 0 for registers that start inside of 8 bytes, such as a UIO map at 0x604. `any` where
   * alignment means nothing, since addresses are numbers of registers, as of an I2C device. Programs
   * for them are made with it.
   */
  get misalignment(): Misalignment {
    return 0
  }

  /**
   * Runs the steps in order, beside the memory. Stops at the first that fails; the error's
   * `data.step` names it and its `results` hold what was done before.
   */
  abstract run(program: Program, options?: RunOptions): Promise<Results>

  /**
   * As `run`, whose results are there at once where a kind of memory waits for nothing; then it throws
   * what `run` would reject with.
   *
   * @internal
   */
  start(program: Program, options?: RunOptions): Pending<Results> {
    return this.run(program, options)
  }

  /**
   * Finds out, without any access, what would make the program fail before its first: rejects as
   * `run` would. For work over several memories, of which none is to begin in vain. Bounds are
   * checked for every kind of memory; a kind that maps finds out what the kernel refuses.
   */
  async prepare(program: Program): Promise<void> {
    checkBounds(program, this.name, this.length)
  }

  /**
   * As `prepare`, and besides finds out, without any access, which step is known to fail: a simulated
   * board knows that of each, other memories of none.
   */
  foresee(program: Program): Promise<void> {
    return this.prepare(program)
  }

  /**
   * Samples what a program of single reads reads, again and again, and hands it over as it comes. A
   * memory of this machine does so on a thread of the engine, which counts and marks what it had no
   * room for; any other by a run for each. Rejects as `run`, with all before it handed over; what
   * `take` throws ends it, too.
   *
   * @internal
   */
  async sample(program: Program, options: SampleOptions, take: TakeSamples): Promise<SamplingEnd> {
    const { sampleByRuns } = await import('./sampling.ts')
    return sampleByRuns(this, program, options, take)
  }

  /** Unmaps and closes. Running it twice is allowed; every other use afterwards is ECLOSED. */
  abstract close(): Promise<void>

  /** One load of `width` bits. A `bigint` at 64 bits, otherwise a `number`. */
  async read<W extends Width>(address: number, width: W): Promise<ValueOf<W>> {
    return (await this.#one({ op: 'read', address, width })).value(0) as ValueOf<W>
  }

  /** One 8-bit load. */
  read8(address: number): Promise<number> {
    return this.read(address, 8)
  }

  /** One 16-bit load; `address` is a multiple of 2. */
  read16(address: number): Promise<number> {
    return this.read(address, 16)
  }

  /** One 32-bit load; `address` is a multiple of 4. */
  read32(address: number): Promise<number> {
    return this.read(address, 32)
  }

  /** One 64-bit load; `address` is a multiple of 8. EWIDTH where the CPU has no such load. */
  read64(address: number): Promise<bigint> {
    return this.read(address, 64)
  }

  /**
   * One store of `width` bits, and no load. A negative value down to -2^(width - 1) is taken as two's
   * complement, since `|` and `~` give such; at 64 bits that is a `bigint`.
   */
  async write(address: number, width: Width, value: Value): Promise<void> {
    await this.#one({ op: 'write', address, width, value })
  }

  /** One 8-bit store, and no load. */
  write8(address: number, value: number): Promise<void> {
    return this.write(address, 8, value)
  }

  /** One 16-bit store, and no load. */
  write16(address: number, value: number): Promise<void> {
    return this.write(address, 16, value)
  }

  /** One 32-bit store, and no load. */
  write32(address: number, value: number): Promise<void> {
    return this.write(address, 32, value)
  }

  /** One 64-bit store, and no load. EWIDTH where the CPU has no such store. */
  write64(address: number, value: Value): Promise<void> {
    return this.write(address, 64, value)
  }

  /**
   * One load, then one store of `(old & ~mask) | (value & mask)`. Not atomic against the device. A
   * negative value is taken as `write` does, a negative mask when its complement fits, as `~0x80`.
   */
  async update<W extends Width>(
    address: number,
    width: W,
    mask: Value,
    value: Value,
  ): Promise<UpdateResult<ValueOf<W>>> {
    const results = await this.#one({ op: 'update', address, width, mask, value })
    return {
      old: results.value(0) as ValueOf<W>,
      written: results.written(0) as ValueOf<W>,
    }
  }

  /** As `update`, with 8 bits. */
  update8(address: number, mask: number, value: number): Promise<UpdateResult<number>> {
    return this.update(address, 8, mask, value)
  }

  /** As `update`, with 16 bits. */
  update16(address: number, mask: number, value: number): Promise<UpdateResult<number>> {
    return this.update(address, 16, mask, value)
  }

  /** As `update`, with 32 bits. */
  update32(address: number, mask: number, value: number): Promise<UpdateResult<number>> {
    return this.update(address, 32, mask, value)
  }

  /** As `update`, with 64 bits. */
  update64(address: number, mask: Value, value: Value): Promise<UpdateResult<bigint>> {
    return this.update(address, 64, mask, value)
  }

  /** Loads until `(value & mask) === equals`. Rejects with ETIMEOUT, whose data hold the last value. */
  async wait<W extends Width>(
    address: number,
    width: W,
    options: WaitOptions,
  ): Promise<WaitResult<ValueOf<W>>> {
    checkWaitOptions(options)
    const { signal, mask = allOnes(width), timeoutMs = DEFAULT_TIMEOUT_MS, ...rest } = options
    const step: Step = { op: 'wait', address, width, mask, timeoutMs, ...rest }
    const results = await this.#one(step, signal)
    return { value: results.value(0) as ValueOf<W>, elapsedUs: results.elapsedUs(0) }
  }

  /** As `wait`, with 8-bit loads. */
  wait8(address: number, options: WaitOptions): Promise<WaitResult<number>> {
    return this.wait(address, 8, options)
  }

  /** As `wait`, with 16-bit loads. */
  wait16(address: number, options: WaitOptions): Promise<WaitResult<number>> {
    return this.wait(address, 16, options)
  }

  /** As `wait`, with 32-bit loads. */
  wait32(address: number, options: WaitOptions): Promise<WaitResult<number>> {
    return this.wait(address, 32, options)
  }

  /** As `wait`, with 64-bit loads. EWIDTH where the CPU has no such load. */
  wait64(address: number, options: WaitOptions): Promise<WaitResult<bigint>> {
    return this.wait(address, 64, options)
  }

  /** `count` loads of `width` bits. The bytes are returned as they lie in memory. */
  async readBlock(
    address: number,
    width: Width,
    count: number,
    stepping: Stepping = 'increment',
  ): Promise<Uint8Array> {
    return (await this.#one({ op: 'readBlock', address, width, count, stepping })).bytes(0)
  }

  /** Stores `data` in pieces of `width` bits; its length is a multiple of the width. */
  async writeBlock(
    address: number,
    width: Width,
    data: Uint8Array,
    stepping: Stepping = 'increment',
  ): Promise<void> {
    await this.#one({ op: 'writeBlock', address, width, data, stepping })
  }

  /** `count` stores of the same value at ascending addresses, at most 1 GiB in all. */
  async fill(address: number, width: Width, count: number, value: Value): Promise<void> {
    await this.#one({ op: 'fill', address, width, count, value })
  }

  /**
   * Cleans (writes back) or flushes (writes back and drops) the cache lines that hold `length` bytes,
   * at most 1 GiB. EPLATFORM where this CPU has no instruction for it that user programs may use.
   */
  async cache(action: CacheAction, address: number, length: number): Promise<void> {
    await this.#one({ op: 'cache', action, address, length })
  }

  /** A full barrier: every access before it is complete before any access after it. */
  async fence(): Promise<void> {
    await this.#one({ op: 'fence' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #one(step: Step, signal?: AbortSignal): Promise<Results> {
    return this.run(new Program([step], this.misalignment), signal ? { signal } : undefined)
  }
}
