import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AccessError, ConditionError, PhysmemError } from '../base/errors.ts'
import type { Value, Width } from '../base/width.ts'
import { VirtualClock } from './clock.ts'
import { getElement, setElement } from './elements.ts'
import { type Bus, BusFault, interpret } from './interpreter.ts'
import { Program } from './program.ts'
import type { Step } from './step.ts'
import { steps } from './testing/steps.ts'

/** 64 bytes of memory that logs its accesses; what follows faults. */
class TestBus extends VirtualClock implements Bus {
  readonly name = 'test'
  readonly log: string[] = []
  readonly view = new DataView(new ArrayBuffer(64))
  onAccess: (count: number) => void = () => {}

  load(address: number, width: Width): Value | Promise<Value> {
    this.#access('load', address, width)
    return getElement(this.view, address, width)
  }

  store(address: number, width: Width, value: Value): void | Promise<void> {
    this.#access('store', address, width, value)
    setElement(this.view, address, width, value)
  }

  #access(...what: (string | Value)[]): void {
    this.log.push(what.join(' '))
    this.onAccess(this.log.length)
    if (Number(what[1]) >= 64) throw new BusFault()
  }
}

/** The same, but far away: every access takes a turn of the event loop. */
class SlowBus extends TestBus {
  override async load(address: number, width: Width): Promise<Value> {
    await this.sleepUs(0)
    return super.load(address, width)
  }

  override async store(address: number, width: Width, value: Value): Promise<void> {
    await this.sleepUs(0)
    await super.store(address, width, value)
  }
}

async function failure(work: Promise<unknown>): Promise<PhysmemError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PhysmemError)
  return error as PhysmemError
}

const run = (bus: Bus, ...list: Step[]) => interpret(new Program(list), bus)
const at = { address: 8, width: 32 } as const

describe.each([
  ['at once', () => new TestBus()],
  ['later', () => new SlowBus()],
])('interpret, on a bus that answers %s', (_, makeBus) => {
  it('makes exactly the accesses of each step', async () => {
    const bus = makeBus()
    await run(
      bus,
      { op: 'read', ...at },
      { op: 'write', ...at, value: 5n },
      { op: 'update', ...at, mask: 0xf, value: 0xa },
      { op: 'wait', ...at, mask: 0xf, equals: 0xa, timeoutMs: 1 },
      { op: 'readBlock', ...at, count: 2 },
      { op: 'readBlock', ...at, count: 2, stepping: 'fixed' },
      { op: 'writeBlock', address: 8, width: 16, data: Uint8Array.of(1, 2, 3, 4) },
      { op: 'fill', address: 8, width: 64, count: 2, value: 7 },
      { op: 'fence' },
      { op: 'delay', us: 5 },
    )
    expect(bus.log).toEqual([
      'load 8 32',
      'store 8 32 5',
      'load 8 32',
      'store 8 32 10',
      'load 8 32',
      'load 8 32',
      'load 12 32',
      'load 8 32',
      'load 8 32',
      'store 8 16 513',
      'store 10 16 1027',
      'store 8 64 7',
      'store 16 64 7',
    ])
  })

  it('gives values of the right type', async () => {
    const bus = makeBus()
    const results = await run(
      bus,
      { op: 'write', address: 0, width: 64, value: 0xffff_ffff_ffff_fff0n },
      { op: 'read', address: 0, width: 64 },
      { op: 'read', address: 0, width: 32 },
      { op: 'update', address: 0, width: 32, mask: 0x8000_0001, value: 1 },
    )
    expect(results.value(1)).toBe(0xffff_ffff_ffff_fff0n)
    expect(results.value(2)).toBe(0xffff_fff0)
    expect([results.value(3), results.written(3)]).toEqual([0xffff_fff0, 0x7fff_fff1])
  })

  it('stops a block at its first fault', async () => {
    const bus = makeBus()
    bus.view.setUint32(60, 0x0403_0201, true)
    const block: Step = { op: 'readBlock', address: 60, width: 16, count: 4 }
    const error = await failure(run(bus, { op: 'fence' }, block, { op: 'read', ...at }))
    expect(error).toBeInstanceOf(AccessError)
    expect(error.message).toBe(
      'step 1: 16-bit read at 0x00000040 (test) failed: nothing answered (bus error); 2 of 4 elements were read',
    )
    expect(error.data).toEqual({
      step: 1,
      address: 64,
      width: 16,
      direction: 'read',
      elementsDone: 2,
      reason: 'nothing answered (bus error)',
    })
    expect([...(error.results?.partialBytes(1, 2) ?? [])]).toEqual([1, 2, 3, 4])
    expect(bus.log).toHaveLength(3)
  })

  it('tells a load from a store in an update that fails', async () => {
    const bus = makeBus()
    const update: Step = { op: 'update', ...at, mask: 1, value: 1 }
    bus.onAccess = (count) => {
      if (count === 2) throw new BusFault('the cable fell out', 'EIO')
    }
    const error = await failure(run(bus, update))
    expect(error.message).toBe('32-bit update at 0x00000008 (test) failed: the cable fell out')
    expect(error).toMatchObject({ code: 'EIO', data: { direction: 'write', step: 0 } })
  })

  it('polls until the condition holds, with its interval between loads', async () => {
    const bus = makeBus()
    bus.onAccess = (count) => bus.view.setUint8(8, count >= 4 ? 1 : 0)
    const results = await run(bus, {
      op: 'wait',
      address: 8,
      width: 8,
      mask: 1,
      equals: 1,
      timeoutMs: 10,
      intervalUs: 100,
    })
    expect(results.value(0)).toBe(1)
    expect(bus.log).toHaveLength(4)
    expect(results.elapsedUs(0)).toBeGreaterThanOrEqual(300)
  })

  it('loads once more when the time is over, and no later', async () => {
    const bus = makeBus()
    const wait: Step = { op: 'wait', ...at, mask: 0x3, equals: 0, negate: true, timeoutMs: 10 }
    const error = await failure(run(bus, { ...wait, intervalUs: 6000 }))
    expect(error).toBeInstanceOf(ConditionError)
    expect(error.message).toBe(
      'wait at 0x00000008 (test) timed out after 10 ms: (0x0 & 0x3) is still 0x0',
    )
    expect(bus.log).toHaveLength(3)
    expect(bus.nowUs()).toBeGreaterThanOrEqual(10_000)
    expect(bus.nowUs()).toBeLessThan(12_000)
  })

  it('loads exactly once for a time-out of 0', async () => {
    const bus = makeBus()
    const wait: Step = { op: 'wait', ...at, mask: 1, equals: 1, timeoutMs: 0 }
    expect((await failure(run(bus, wait))).code).toBe('ETIMEOUT')
    expect(bus.log).toHaveLength(1)
  })

  it('stops inside a block when its caller says so, and names the caller`s reason', async () => {
    const bus = makeBus()
    const controller = new AbortController()
    bus.onAccess = (count) => count === 3 && controller.abort('enough')
    const program = new Program([{ op: 'readBlock', ...at, count: 8 }])
    const error = await failure(interpret(program, bus, { signal: controller.signal }))
    expect(error.message).toBe(
      'readBlock at 0x00000014 (test) was stopped by the caller; 3 of 8 elements were read',
    )
    expect(error).toMatchObject({ code: 'EABORT', cause: 'enough', data: { elementsDone: 3 } })
  })

  it('passes errors on that are not faults', async () => {
    const bus = makeBus()
    bus.onAccess = () => {
      throw new TypeError('a mistake in the bus')
    }
    await expect(run(bus, { op: 'read', ...at })).rejects.toThrow(TypeError)
  })
})

describe('interpret', () => {
  it('says nothing of a direction when cache lines cannot be cleaned', async () => {
    const bus = new TestBus()
    const cache = async () => {
      throw new BusFault('no line')
    }
    const program = new Program([
      { op: 'write', address: 0, width: 8, value: 1 },
      { op: 'cache', action: 'clean', address: 0, length: 8 },
    ])
    const run = interpret(program, Object.assign(bus, { cache }))
    const error = await run.catch((thrown: AccessError) => thrown)
    expect(error).toBeInstanceOf(AccessError)
    expect((error as AccessError).data).not.toHaveProperty('direction')
  })

  it('does to memory what the steps say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps(64), { maxLength: 20 }), async (list) => {
        const bus = new TestBus()
        const expected = new Uint8Array(64)
        for (const step of list) {
          const error = await run(bus, step).catch((reason: PhysmemError) => reason)
          if (error instanceof PhysmemError) expect(error.code).toBe('ETIMEOUT')
          apply(expected, step)
          expect(new Uint8Array(bus.view.buffer)).toEqual(expected)
        }
      }),
    )
  })
})

/** What a step does to memory, written as plainly as can be. */
function apply(memory: Uint8Array, step: Step): void {
  if (!('address' in step) || step.op === 'cache') return
  const bytes = step.width / 8
  const put = (address: number, value: bigint) => {
    for (let i = 0; i < bytes; i++) memory[address + i] = Number((value >> BigInt(8 * i)) & 0xffn)
  }
  if (step.op === 'write') put(step.address, BigInt(step.value))
  if (step.op === 'fill') {
    for (let i = 0; i < step.count; i++) put(step.address + i * bytes, BigInt(step.value))
  }
  if (step.op === 'writeBlock') {
    const last = step.data.slice(-bytes)
    memory.set(step.stepping === 'fixed' ? last : step.data, step.address)
  }
  if (step.op === 'update') {
    for (let i = 0; i < bytes; i++) {
      const shift = BigInt(8 * i)
      const mask = Number((BigInt(step.mask) >> shift) & 0xffn)
      const value = Number((BigInt(step.value) >> shift) & 0xffn)
      const old = memory[step.address + i] as number
      memory[step.address + i] = (old & ~mask) | (value & mask)
    }
  }
}

describe('limits of a bus', () => {
  const limited = () =>
    Object.assign(new TestBus(), { length: 64, readOnly: true, widths: [8, 16, 32] as const })
  const read: Step = { op: 'read', ...at }

  it.each([
    [
      'ERANGE',
      '0x40 to 0x43 is not inside test: expected 0x0 to 0x3f',
      { op: 'read', address: 64, width: 32 },
    ],
    [
      'ERANGE',
      '0x3c to 0x43 is not inside test: expected 0x0 to 0x3f',
      { op: 'readBlock', address: 60, width: 32, count: 2 },
    ],
    ['EREADONLY', 'test was opened for reading only', { op: 'write', ...at, value: 1 }],
    ['EREADONLY', 'test was opened for reading only', { op: 'update', ...at, mask: 1, value: 1 }],
    [
      'EWIDTH',
      'test has no accesses of 64 bits: expected 8, 16 or 32',
      { op: 'read', address: 8, width: 64 },
    ],
  ] satisfies [string, string, Step][])(
    'refuse with %s before any access: %s',
    async (code, message, step) => {
      const bus = limited()
      const error = await failure(run(bus, read, { op: 'fence' }, step))
      expect([error.code, error.message, error.data.step]).toEqual([code, message, 2])
      expect(error.results).toBeUndefined()
      expect(bus.log).toEqual([])
    },
  )

  it('let pass what is inside', async () => {
    const bus = limited()
    expect((await run(bus, read, { op: 'readBlock', address: 60, width: 32, count: 1 })).done).toBe(
      2,
    )
  })
})
