import { describe, expect, it } from 'vitest'
import { VirtualClock } from './clock.ts'
import { Program } from './program.ts'
import { isLost, type SampleOptions, type SampleRecord, sampleByRuns } from './sampling.ts'
import { openSim } from './sim/index.ts'

const LOADS = { op: 'read', address: 0x1000_0038, width: 32 } as const
const STATUS = { op: 'read', address: 0x1000_000c, width: 32 } as const
const SCRATCH = { op: 'read', address: 0x1000_0008, width: 32 } as const
const CAP = { op: 'read', address: 0xfed0_0000, width: 64 } as const

/** What is sampled on the built-in board, on a clock that passes only here. */
async function sampled(steps: ConstructorParameters<typeof Program>[0], options: SampleOptions) {
  const memory = await openSim('', { clock: new VirtualClock() })
  const records: SampleRecord[] = []
  const end = await memory.sample(new Program(steps), options, (more) => {
    records.push(...more)
  })
  return { records, end, memory }
}

describe('what cannot be sampled', () => {
  const trigger = { read: 0, mask: 1, equals: 1 }
  it.each<[SampleOptions, string]>([
    [{ count: 0 }, 'EUSAGE count: expected a whole number from 1, not 0'],
    [{ count: 1.5 }, 'EUSAGE count: expected a whole number from 1, not 1.5'],
    [
      { periodUs: Number.NaN, count: 1 },
      'EUSAGE periodUs: expected a number of microseconds, 0 to 9007199254740, not NaN',
    ],
    [
      { periodUs: -1, count: 1 },
      'EUSAGE periodUs: expected a number of microseconds, 0 to 9007199254740, not -1',
    ],
    [
      { durationUs: 1e13 },
      'EUSAGE durationUs: expected a number of microseconds, 0 to 9007199254740, not 10000000000000',
    ],
    [{ count: 1, masks: [1] }, 'EUSAGE 1 mask for 2 reads: expected one per read'],
    [{ count: 1, masks: [1, 0.5] }, 'EUSAGE masks: expected an array of masks, not an array'],
    [{ count: 1, masks: [2 ** 32, 1] }, 'EVALUE the mask 0x100000000 does not fit in 32 bits'],
    [
      { count: 1, trigger: { ...trigger, read: 2 } },
      'EUSAGE there is no read 2 to trigger: expected 0 to 1',
    ],
    [
      { count: 1, trigger: { ...trigger, equals: 2 ** 32 } },
      'EVALUE the value 0x100000000 does not fit in 32 bits',
    ],
    [
      { count: 1, trigger: { ...trigger, mask: 1.5 } },
      'EUSAGE mask: expected a whole number or a bigint, not 1.5',
    ],
  ])('is refused before anything is touched: %o', async (options, message) => {
    const memory = await openSim('', { clock: new VirtualClock(), record: true })
    const sampling = memory.sample(new Program([LOADS, CAP]), options, () => {})
    const error: { code?: string; message?: string } = await sampling.then(
      () => ({}),
      (thrown) => thrown,
    )
    expect(`${error.code} ${error.message}`).toContain(message)
    expect(memory.board.accesses).toEqual([])
  })
})

describe('samples by runs', () => {
  it('have the time since the start and the values, one a period', async () => {
    const { records, end } = await sampled([LOADS, CAP], { periodUs: 1000, durationUs: 3500 })
    const cap = 0x0098_9680_8086_a201n
    expect(records).toEqual([
      { atNs: 0, values: [0, cap] },
      { atNs: 1_000_000, values: [1, cap] },
      { atNs: 2_000_000, values: [2, cap] },
      { atNs: 3_000_000, values: [3, cap] },
    ])
    expect(end).toEqual({ lastNs: 3_000_000, taken: 4, kept: 4, lost: 0, missed: 0 })
  })

  it('come as fast as they go at a period of less than a nanosecond', async () => {
    const { records, end } = await sampled([LOADS], { count: 3, periodUs: 1e-300 })
    expect([records.length, end.missed]).toEqual([3, 0])
  })

  it('end when so many are kept', async () => {
    const { records, end } = await sampled([LOADS], { count: 3 })
    expect(records.map((record) => (isLost(record) ? 'lost' : record.values))).toEqual([
      [0],
      [1],
      [2],
    ])
    expect(end).toMatchObject({ taken: 3, kept: 3 })
  })

  it('keep only what differs under a mask', async () => {
    const { records, end } = await sampled([LOADS], {
      periodUs: 1000,
      durationUs: 9000,
      masks: [0b100],
    })
    expect(records).toEqual([
      { atNs: 0, values: [0] },
      { atNs: 4_000_000, values: [4] },
      { atNs: 8_000_000, values: [8] },
    ])
    expect(end).toMatchObject({ taken: 9, kept: 3, lastNs: 8_000_000 })
  })

  it('keep nothing before the trigger, and all from it on', async () => {
    const trigger = { read: 1, mask: 0xf, equals: 2 }
    const options = { periodUs: 1000, durationUs: 5000, trigger }
    const { records } = await sampled([CAP, LOADS], options)
    expect(records.map(({ atNs }) => atNs)).toEqual([2_000_000, 3_000_000, 4_000_000])
    const until = { ...options, trigger: { ...trigger, equals: 0, negate: true } }
    expect((await sampled([CAP, LOADS], until)).records[0]?.atNs).toBe(1_000_000)
  })

  it('end when they are stopped, with what was kept', async () => {
    const stop = new AbortController()
    const memory = await openSim('', { clock: new VirtualClock() })
    const records: SampleRecord[] = []
    const options = { periodUs: 1000, signal: stop.signal }
    const end = await memory.sample(new Program([LOADS]), options, (more) => {
      records.push(...more)
      if (records.length === 5) stop.abort()
    })
    expect(records).toHaveLength(5)
    expect(end).toMatchObject({ kept: 5, lost: 0 })
    expect(await memory.sample(new Program([LOADS]), options, () => {})).toMatchObject({ taken: 0 })
  })

  it('hand over what came before a fault', async () => {
    const memory = await openSim('', { clock: new VirtualClock() })
    const board = memory.board
    const records: SampleRecord[] = []
    let reads = 0
    const run = memory.run.bind(memory)
    memory.run = (program, options) => {
      const broken = { ...STATUS, address: 0x1000_003c }
      return run(++reads < 4 ? program : new Program([broken]), options)
    }
    const sampling = sampleByRuns(memory, new Program([SCRATCH]), { count: 9 }, (more) => {
      records.push(...more)
    })
    await expect(sampling).rejects.toMatchObject({ code: 'EFAULT_BUS' })
    expect(records.map((record) => !isLost(record) && record.values)).toEqual([[0], [0], [0]])
    expect(board.accesses).toEqual([])
  })

  it('tell of periods that were missed, and make up none', async () => {
    const clock = new VirtualClock()
    const memory = await openSim('', { clock })
    const records: SampleRecord[] = []
    const options = { periodUs: 1000, durationUs: 6000 }
    const end = await memory.sample(new Program([LOADS]), options, (more) => {
      records.push(...more)
      if (records.length === 2) clock.advanceMs(2.5)
    })
    expect(records.map(({ atNs }) => atNs)).toEqual([0, 1_000_000, 3_510_000, 4_000_000, 5_000_000])
    expect(end).toMatchObject({ taken: 5, missed: 1 })
  })

  it('are of single reads only', async () => {
    const refusal = 'samples are taken of single reads, one at least'
    await expect(sampled([], { count: 1 })).rejects.toThrow(refusal)
    await expect(sampled([SCRATCH, { op: 'fence' }], { count: 1 })).rejects.toThrow(refusal)
    await expect(sampled(new Array(257).fill(SCRATCH), { count: 1 })).rejects.toThrow(
      '257 reads in one sample: expected at most 256',
    )
    await expect(sampled([SCRATCH], {})).rejects.toThrow(
      'samples without an end: expected a durationUs, a count or a signal',
    )
  })
})
