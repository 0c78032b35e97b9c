import { AccessError, PhysmemError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import type { Value, Width } from '../base/width.ts'
import { formatAddress } from '../text/number.ts'
import { systemClock } from './clock.ts'
import { checkNotStopped, closedError, NOTHING, REASONS } from './failure.ts'
import { type Bus, BusFault, interpret } from './interpreter.ts'
import { bareLoss, isLost, lostBetween } from './lost.ts'
import { Memory } from './memory.ts'
import { checkRun } from './options.ts'
import { Program } from './program.ts'
import { RunQueue } from './queue.ts'
import { Results } from './results.ts'
import type { RunOptions } from './run-options.ts'
import { type CacheAction, endOf, isWriting, type Step } from './step.ts'

/** Where the pages of one memory lie in another at this moment. */
export interface PageTable {
  /** How a person names the memory, for example `pid:1234`. */
  readonly name: string
  /** The virtual address of address 0; see `Memory.origin`. Default 0n. */
  readonly origin?: bigint
  /** Bytes of a page: what lies in one is never apart in the other memory. */
  readonly pageBytes: number
  /**
   * The address in the other memory. Throws a PhysmemError where there is none; where the look itself
   * takes time, as far away, it resolves with it, or rejects, and never throws.
   */
  locate(address: number): number | Promise<number>
  /** Why zeros that were read there are not its content; `undefined` when they are. */
  whyZeros?(address: number, where: number): Promise<string | undefined>
  close(): void | Promise<void>
}

/**
 * A memory whose pages are scattered over another one: the virtual memory of a process or of the
 * kernel over physical memory. Where a page is, is looked up before each access and once more after
 * it: when it moved meanwhile the access fails with EMOVED. Each access is made once.
 */
export class PagedMemory extends Memory {
  readonly name: string
  readonly length = undefined
  readonly #table: PageTable
  readonly #under: Memory
  readonly #bus: Bus
  readonly #queue = new RunQueue()
  /** Why a block ended, to be thrown for its next element: that was accessed already. */
  #failed: { address: number; error: unknown } | undefined
  #closed = false

  /** Takes the table over. The memory below stays its owner's: it is not closed with this one. */
  constructor(table: PageTable, under: Memory) {
    super()
    this.name = table.name
    this.#table = table
    this.#under = under
    this.#bus = {
      ...systemClock,
      name: table.name,
      load: (address, width) => this.#load(address, width),
      loadBlock: (address, width, bytes) => this.#loadBlock(address, width, bytes),
      store: (address, width, value) => this.#store(address, width, value),
      cache: (action, address, length) => this.#cache(action, address, length),
    }
  }

  override get origin(): bigint {
    return this.#table.origin ?? 0n
  }

  /** As for every memory; EMOVED when a page moved during an access. */
  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    checkRun(program, options)
    if (this.#closed) throw closedError(this.name)
    return await this.#queue.add(async () => {
      checkNotStopped(this.name, program, options.signal)
      this.#failed = undefined // Of a run that was aborted before it was told.
      if (program.needsPreparing) await this.#prepareFor(program)
      return await interpret(program, this.#bus, options)
    }, options.signal)
  }

  override async prepare(program: Program): Promise<void> {
    if (this.#closed) throw closedError(this.name)
    await this.#queue.add(() => this.#prepareBelow(program))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue.idle()
    await this.#table.close()
  }

  /**
   * What a program needs of the memory below: an access like its own to each page, where that is now.
   * To be prepared, not to be run.
   */
  async needsOf(program: Program): Promise<{ memory: Memory; program: Program }> {
    const steps = (await this.#needs(program)).map(({ step }) => step)
    return { memory: this.#under, program: new Program(steps) }
  }

  /** The same, with the step of the program that needs each, and its address here and there. */
  #needs(program: Program): Need[] | Promise<Need[]> {
    const needs: Need[] = []
    const late: Promise<Need>[] = []
    for (const [of, step] of program.steps.entries()) {
      const need = (address: number, where: number): Need => {
        return { step: likeness(step, where), of, address, where }
      }
      const fail = (error: unknown): never => {
        throw ofStep(error, of)
      }
      for (const address of firstInPages(step, this.#table.pageBytes)) {
        try {
          const where = this.#table.locate(address)
          if (typeof where === 'number') needs.push(need(address, where))
          else late.push(where.then((found) => need(address, found), fail))
        } catch (error) {
          fail(error)
        }
      }
    }
    if (late.length === 0) return needs
    return Promise.all(late).then((found) => [...needs, ...found])
  }

  async #prepareBelow(program: Program): Promise<void> {
    const looked = this.#needs(program)
    const needs = looked instanceof Promise ? await looked : looked
    try {
      await this.#under.prepare(new Program(needs.map(({ step }) => step)))
    } catch (error) {
      const step = error instanceof PhysmemError ? error.data.step : undefined
      const need = step === undefined ? undefined : needs[step]
      throw need === undefined ? error : ofStep(moved(error, need), need.of)
    }
  }

  /** The same before the first access of a run. */
  async #prepareFor(program: Program): Promise<void> {
    try {
      await this.#prepareBelow(program)
    } catch (error) {
      const loss = isLost(error) ? bareLoss(error) : error
      throw lostBetween(loss, program, new Results(program, NOTHING))
    }
  }

  async #load(address: number, width: Width): Promise<Value> {
    const failed = this.#failed
    this.#failed = undefined
    if (failed?.address === address) throw failed.error
    const looked = this.#table.locate(address)
    const where = typeof looked === 'number' ? looked : await looked
    const value = await below({ address, where }, () => this.#under.read(where, width))
    const still = this.#checkStill(where, address, 'read: the bytes may not be its content')
    if (still) await still
    const reason = BigInt(value) === 0n ? await this.#table.whyZeros?.(address, where) : undefined
    if (reason !== undefined) throw new BusFault(reason, 'EUNREADABLE')
    return value
  }

  /** The elements that lie in the page of the first one. */
  async #loadBlock(address: number, width: Width, bytes: Uint8Array): Promise<number> {
    const size = width / 8
    const inPage = this.#table.pageBytes - (address % this.#table.pageBytes)
    const count = Math.min(bytes.length, inPage) / size
    const looked = this.#table.locate(address)
    const where = typeof looked === 'number' ? looked : await looked
    try {
      bytes.set(await this.#under.readBlock(where, width, count))
    } catch (error) {
      const part = partOf(error)
      bytes.set(part)
      this.#failed = { address: address + part.length, error: faultOf(error, { address, where }) }
      return part.length / size
    }
    const still = this.#checkStill(where, address, 'read: the bytes may not be its content')
    if (still) await still
    const read = bytes.subarray(0, count * size)
    const reason = isZero(read) ? await this.#table.whyZeros?.(address, where) : undefined
    if (reason === undefined) return count
    this.#failed = { address, error: new BusFault(reason, 'EUNREADABLE') }
    return 0
  }

  async #store(address: number, width: Width, value: Value): Promise<void> {
    const looked = this.#table.locate(address)
    const where = typeof looked === 'number' ? looked : await looked
    await below({ address, where }, () => this.#under.write(where, width, value))
    const still = this.#checkStill(
      where,
      address,
      'written: the value may have gone to its old frame',
    )
    if (still) await still
  }

  async #cache(action: CacheAction, address: number, length: number): Promise<void> {
    const { pageBytes } = this.#table
    for (let at = address; at < address + length; at += pageBytes - (at % pageBytes)) {
      const bytes = Math.min(pageBytes - (at % pageBytes), address + length - at)
      const looked = this.#table.locate(at)
      const where = typeof looked === 'number' ? looked : await looked
      await below({ address: at, where }, () => this.#under.cache(action, where, bytes))
      const still = this.#checkStill(
        where,
        at,
        'cleaned or flushed: lines of its new frame may remain',
      )
      if (still) await still
    }
  }

  #checkStill(where: number, address: number, what: string): void | Promise<void> {
    const again = this.#table.locate(address)
    if (typeof again === 'number') return this.#checkSame(where, again, address, what)
    return again.then((late) => this.#checkSame(where, late, address, what))
  }

  #checkSame(where: number, again: number, address: number, what: string): void {
    if (again === where) return
    const message = `the page of ${formatAddress(address)} (${this.name}) moved while it was ${what}`
    throw new AccessError('EMOVED', message, { address })
  }
}

/** One byte by both of its addresses: `address` in this memory, and `where` in the one below. */
interface Spot {
  address: number
  where: number
}

interface Need extends Spot {
  step: Step
  /** The step of the program that needs it. */
  of: number
}

async function below<T>(spot: Spot, access: () => Promise<T>): Promise<T> {
  try {
    return await access()
  } catch (error) {
    throw faultOf(error, spot)
  }
}

/** An access that failed below is reported in the words of this memory; a refusal in its own. */
function faultOf(error: unknown, spot: Spot): unknown {
  if (!(error instanceof PhysmemError)) return error
  // It is told of this memory's program, of which the access below was a part.
  if (isLost(error)) return bareLoss(error)
  const { code, data } = error
  if (code !== 'EFAULT_BUS' && code !== 'EFAULT_SEGV' && code !== 'EIO' && code !== 'EUNREADABLE') {
    return moved(error, spot)
  }
  const { reason, restOfPage } = data
  return new BusFault(reason === REASONS[code] ? undefined : reason, code, restOfPage)
}

/**
 * An error of the memory below, whose data name its address there, with the address of the same byte
 * here: both lie in the page of the spot. The message keeps the other, of which it speaks.
 */
function moved(error: unknown, { address, where }: Spot): unknown {
  if (!(error instanceof PhysmemError) || error.data.address === undefined) return error
  return retell(error, { data: { address: Number(error.data.address) - where + address } })
}

/** An error that was met before the first access, told of a step of the program. */
function ofStep(error: unknown, step: number): unknown {
  if (!(error instanceof PhysmemError)) return error
  return retell(error, { data: { step } })
}

/** What a block of one step read before it failed. */
function partOf(error: unknown): Uint8Array {
  if (!(error instanceof PhysmemError) || !error.results) return new Uint8Array(0)
  return error.results.partialBytes(0, Number(error.data.elementsDone ?? 0))
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

/** A step that needs of one page what another step needs. */
function likeness(step: Step, address: number): Step {
  if (step.op === 'cache') return { op: 'cache', action: step.action, address, length: 1 }
  if (isWriting(step)) return { op: 'write', address, width: 8, value: 0 }
  return { op: 'read', address, width: 8 }
}

/** The first address that a step accesses in each page. */
function* firstInPages(step: Step, pageBytes: number): Generator<number> {
  if (!('address' in step)) return
  const end = endOf(step)
  for (let at = step.address; at < end; at += pageBytes - (at % pageBytes)) yield at
}
