import { checkBounds } from './bounds.ts'
import { checkWaitOptions } from './options.ts'
import { Program } from './program.ts'
import type { Results } from './results.ts'
import type { CacheAction, Step, Stepping, Value, Width } from './step.ts'

export interface RunOptions {
  /** Stops a wait, a delay or a long block at the next chance; the run rejects with EABORT. */
  signal?: AbortSignal
  /**
   * Where the bytes of `readBlock` steps may be put, to spare a fresh array: at least
   * `program.dataLength` bytes that start at a multiple of 8. The results are views of it then, good
   * until it is used again. A kind of memory may pass it over.
   */
  buffer?: Uint8Array
}

export interface WaitOptions {
  /** Bits that are compared. Default: all. */
  mask?: Value
  equals: Value
  /** Wait until they differ instead. */
  negate?: boolean
  /** Milliseconds until ETIMEOUT. Default 1000. */
  timeoutMs?: number
  /** Pause between loads, in microseconds. Default 0. */
  intervalUs?: number
  signal?: AbortSignal
}

export interface WaitResult {
  value: Value
  elapsedUs: number
}

export interface UpdateResult {
  old: Value
  written: Value
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
   * How many bytes, 0 to 7, address 0 lies behind a multiple of 8 in physical memory, where alignment
   * counts: not 0 for registers that start inside of 8 bytes, such as a UIO map at 0x604. Programs for
   * them are made with it.
   */
  get misalignment(): number {
    return 0
  }

  /**
   * Runs the steps in order, beside the memory. Stops at the first that fails; the error's
   * `data.step` names it and its `results` hold what was done before.
   */
  abstract run(program: Program, options?: RunOptions): Promise<Results>

  /**
   * Finds out, without any access, what would make the program fail before its first: rejects as
   * `run` would. For work over several memories, of which none is to begin in vain. Bounds are
   * checked for every kind of memory; a kind that maps finds out what the kernel refuses.
   */
  async prepare(program: Program): Promise<void> {
    checkBounds(program, this.name, this.length)
  }

  /** Unmaps and closes. Running it twice is allowed; every other use afterwards is ECLOSED. */
  abstract close(): Promise<void>

  /** One load of `width` bits. A `bigint` at 64 bits, otherwise a `number`. */
  async read(address: number, width: Width): Promise<Value> {
    return (await this.#one({ op: 'read', address, width })).value(0)
  }

  /** One 8-bit load. */
  async read8(address: number): Promise<number> {
    return (await this.read(address, 8)) as number
  }

  /** One 16-bit load; `address` is a multiple of 2. */
  async read16(address: number): Promise<number> {
    return (await this.read(address, 16)) as number
  }

  /** One 32-bit load; `address` is a multiple of 4. */
  async read32(address: number): Promise<number> {
    return (await this.read(address, 32)) as number
  }

  /** One 64-bit load; `address` is a multiple of 8. EWIDTH where the CPU has no such load. */
  async read64(address: number): Promise<bigint> {
    return (await this.read(address, 64)) as bigint
  }

  /** One store of `width` bits, and no load. */
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
  write64(address: number, value: bigint): Promise<void> {
    return this.write(address, 64, value)
  }

  /** One load, then one store of `(old & ~mask) | (value & mask)`. Not atomic against the device. */
  async update(address: number, width: Width, mask: Value, value: Value): Promise<UpdateResult> {
    const results = await this.#one({ op: 'update', address, width, mask, value })
    return { old: results.value(0), written: results.written(0) }
  }

  /** Loads until `(value & mask) === equals`. Rejects with ETIMEOUT, whose data hold the last value. */
  async wait(address: number, width: Width, options: WaitOptions): Promise<WaitResult> {
    checkWaitOptions(options)
    const { signal, mask = allOnes(width), timeoutMs = 1000, ...rest } = options
    const step: Step = { op: 'wait', address, width, mask, timeoutMs, ...rest }
    const results = await this.#one(step, signal)
    return { value: results.value(0), elapsedUs: results.elapsedUs(0) }
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

  /** `count` stores of the same value at rising addresses, at most 1 GiB in all. */
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #one(step: Step, signal?: AbortSignal): Promise<Results> {
    return this.run(new Program([step], this.misalignment), signal ? { signal } : undefined)
  }
}

function allOnes(width: Width): Value {
  return width === 64 ? 0xffff_ffff_ffff_ffffn : 2 ** width - 1
}
