import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AccessError, RefusedError } from '../base/errors.ts'
import type { Value, Width } from '../base/width.ts'
import { checkLimits } from './bounds.ts'
import { BusMemory } from './bus-memory.ts'
import { systemClock } from './clock.ts'
import { contract } from './contract/index.ts'
import { getElement, setElement, viewOf } from './elements.ts'
import { type Bus, BusFault } from './interpreter.ts'
import { Program } from './program.ts'
import type { Step } from './step.ts'

const BYTES = 0x1_0000
const PAST = BYTES - 0x100

/** Bytes far away: each access is an answer that comes later. */
class FarMemory extends BusMemory {
  readonly name = 'far'
  readonly length = BYTES
  readonly bytes: Uint8Array
  readonly log: string[] = []
  /** Accesses that are under way. */
  underWay = 0
  /** With the access of this number the connection is lost. */
  losesAt = Number.POSITIVE_INFINITY
  refusal: Error | undefined
  onAccess: () => void = () => {}
  released = 0
  protected readonly bus: Bus

  constructor(bytes = new Uint8Array(BYTES), readOnly = false) {
    super()
    this.bytes = bytes
    this.bus = {
      ...{ name: this.name, length: BYTES, readOnly },
      ...systemClock,
      load: (address, width) => this.#access('load', address, width),
      store: async (address, width, value) => {
        await this.#access('store', address, width, value)
      },
    }
  }

  protected check(program: Program): void {
    checkLimits(program, this.bus)
  }

  protected override async permit(): Promise<void> {
    await Promise.resolve()
    if (this.refusal) throw this.refusal
  }

  protected async release(): Promise<void> {
    await Promise.resolve()
    this.released += 1
  }

  async #access(what: string, address: number, width: Width, value?: Value): Promise<Value> {
    expect(this.underWay++).toBe(0)
    this.log.push(`${what}${width} ${address.toString(16)}`)
    this.onAccess()
    await new Promise(setImmediate)
    this.underWay--
    if (this.log.length > this.losesAt) {
      throw new RefusedError('ECONNECTION', 'board: the connection is lost', { place: 'board' })
    }
    if (address >= PAST) throw new BusFault()
    const view = viewOf(this.bytes)
    if (value !== undefined) setElement(view, address, width, value)
    return getElement(view, address, width)
  }
}

const failure = (run: Promise<unknown>) =>
  run.then(
    () => expect.unreachable(),
    (error) => error,
  )

describe('a memory behind an asynchronous bus', () => {
  for (const { name, skip, check } of contract) {
    it(`keeps the contract: ${name}`, async (context) => {
      const bytes = new Uint8Array(BYTES)
      await using memory = new FarMemory(bytes)
      await using reading = new FarMemory(bytes, true)
      const stretch = { base: PAST - 0x2000, length: 0x2000, faultAddress: PAST }
      const subject = { memory, reading, ...stretch, widths: [8, 16, 32, 64] as const }
      const reason = skip?.(subject)
      if (reason !== undefined) context.skip(reason)
      await check(subject)
    })
  }

  it('makes each access once, one after the other, in the order of the runs', async () => {
    await using memory = new FarMemory()
    await Promise.all([memory.update32(0, 1, 1), memory.readBlock(8, 16, 2), memory.write8(3, 7)])
    expect(memory.log).toEqual(['load32 0', 'store32 0', 'load16 8', 'load16 a', 'store8 3'])
  })

  it('asks for what may be refused right before the first access', async () => {
    await using memory = new FarMemory()
    memory.refusal = new RefusedError('EREFUSED', 'far cannot be read')
    expect(await failure(memory.read8(0))).toBe(memory.refusal)
    expect(await failure(memory.prepare(new Program([])))).toBe(memory.refusal)
    expect(memory.log).toEqual([])
  })

  it('is closed when the last run has ended', async () => {
    const memory = new FarMemory()
    const run = memory.read8(0)
    await memory.close()
    expect(memory.released).toBe(1)
    expect(await run).toBe(0)
  })
})

const write: Step = { op: 'write', address: 0, width: 32, value: 1 }

describe('a connection that is lost during an access', () => {
  const lost = async (steps: readonly Step[], losesAt: number, signal?: AbortSignal) => {
    await using memory = new FarMemory()
    memory.losesAt = losesAt
    return await failure(memory.run(new Program(steps), signal ? { signal } : {}))
  }
  const read: Step = { op: 'read', address: 0, width: 32 }
  const block: Step = { op: 'readBlock', address: 0, width: 32, count: 8 }
  const fill: Step = { op: 'fill', address: 0, width: 32, count: 8, value: 1 }

  it.each<[string, readonly Step[], number, string]>([
    ['of a single step', [write], 0, 'it is not known whether it was done'],
    [
      'of several',
      [write, write, write],
      1,
      '1 step of 3 known to be done; whether step 1 was done is not known, those after it were not begun',
    ],
    [
      'of a read',
      [read],
      0,
      'it is not known whether it was done (which matters only where reading has an effect)',
    ],
    [
      'of several reads',
      [read, read, read],
      1,
      '1 step of 3 known to be done; whether step 1 was done is not known (which matters only where reading has an effect), those after it were not begun',
    ],
    [
      'within a block that is read',
      [block],
      3,
      '3 of 8 elements known to be done; whether the next one was done is not known (which matters only where reading has an effect)',
    ],
    [
      'of a read beside a write',
      [read, write],
      0,
      '0 steps of 2 known to be done; whether step 0 was done is not known, those after it were not begun',
    ],
    ['at the start of a block', [fill], 0, 'it is not known whether it was done'],
    [
      'within a block',
      [fill],
      3,
      '3 of 8 elements known to be done; whether the next one was done is not known',
    ],
    [
      'within a block of several steps',
      [write, fill],
      2,
      '1 of 8 elements of step 1 known to be done; whether the next one was done is not known',
    ],
  ])('%s', async (_where, steps, losesAt, account) => {
    const error = await lost(steps, losesAt)
    expect(error).toBeInstanceOf(AccessError)
    expect(error).toMatchObject({
      code: 'ECONNECTION',
      message: `board: the connection is lost; ${account}`,
      data: { place: 'board', unsure: account },
    })
  })

  it('is why it ended, unless the caller had stopped it', async () => {
    await using memory = new FarMemory()
    const stop = new AbortController()
    memory.losesAt = 0
    memory.onAccess = () => stop.abort()
    expect(await failure(memory.run(new Program([write]), { signal: stop.signal }))).toMatchObject({
      code: 'EABORT',
      message:
        'board: the connection is lost, and the caller had stopped it; it is not known whether it was done',
    })
  })

  it('leaves what was done before exact, and begins nothing after', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.nat(25), async (count, losesAt) => {
        await using memory = new FarMemory()
        memory.losesAt = losesAt
        const steps = Array.from(
          { length: count },
          (_, at): Step => ({ op: 'write', address: at * 4, width: 32, value: at + 1 }),
        )
        const run = memory.run(new Program(steps))
        if (losesAt >= count) expect((await run).done).toBe(count)
        else expect((await failure(run)).results.done).toBe(losesAt)
        expect(memory.log).toHaveLength(Math.min(count, losesAt + 1))
      }),
      { numRuns: 50 },
    )
  })
})
