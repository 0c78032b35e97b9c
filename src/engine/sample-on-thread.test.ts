/** Samples that the engine takes; native/test/sample_test.c has what does not need JavaScript. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { Program } from '../memory/program.ts'
import { isLost, type SampleOptions, type SampleRecord } from '../memory/sampling.ts'
import { openFile } from '../ways/file.ts'
import { MappedMemory } from './mapped.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-sample-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'memory.bin')

beforeEach(() => {
  const bytes = new DataView(new ArrayBuffer(8192))
  bytes.setUint32(16, 0x1122_3344, true)
  bytes.setBigUint64(24, 0x8877_6655_4433_2211n, true)
  bytes.setUint8(4096, 0xa5)
  writeFileSync(path, new Uint8Array(bytes.buffer))
})

const READS = [
  { op: 'read', address: 16, width: 32 },
  { op: 'read', address: 24, width: 64 },
  { op: 'read', address: 4096, width: 8 },
] as const
const VALUES = [0x1122_3344, 0x8877_6655_4433_2211n, 0xa5]

async function sampled(memory: MappedMemory, options: SampleOptions) {
  const records: SampleRecord[] = []
  const end = await memory.sample(new Program(READS), options, (more) => {
    records.push(...more)
  })
  return { records, end }
}

const timesOf = (records: SampleRecord[]) => records.map(({ atNs }) => atNs)

describe('samples of the engine', () => {
  it('have values of every width, and times that rise', async () => {
    await using memory = new MappedMemory(openFile(path, 'read'))
    const { records, end } = await sampled(memory, { count: 1000 })
    expect(records).toHaveLength(1000)
    expect(new Set(records.map((record) => !isLost(record) && record.values.join()))).toEqual(
      new Set([VALUES.join()]),
    )
    const times = timesOf(records)
    expect(times[0]).toBe(0)
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
    const lastNs = times.at(-1)
    expect(end).toEqual({ lastNs, taken: 1000, kept: 1000, lost: 0, missed: 0 })
  })

  it('come while they are taken, change by change', async () => {
    await using memory = new MappedMemory(openFile(path, 'read'))
    await using other = new MappedMemory(openFile(path, 'write'))
    const seen: unknown[] = []
    const options = { count: 3, masks: [0xff, 0n, 0] }
    await memory.sample(new Program(READS), options, async (records) => {
      for (const record of records) {
        if (isLost(record)) throw new Error('lost')
        seen.push(record.values[0])
        await other.write32(16, 0x0100_0000 + seen.length) // the upper bits do not matter
      }
    })
    expect(seen).toEqual([0x1122_3344, 0x0100_0001, 0x0100_0002])
  })

  it('begin with the trigger', async () => {
    await using memory = new MappedMemory(openFile(path, 'read'))
    await using other = new MappedMemory(openFile(path, 'write'))
    const trigger = { read: 1, mask: 0xffn << 56n, equals: 0x12n << 56n }
    const sampling = sampled(memory, { count: 1, trigger })
    await setTimeout(1)
    await other.write64(24, 0x1200_0000_0000_0007n)
    const { records, end } = await sampling
    expect(records).toMatchObject([{ values: [0x1122_3344, 0x1200_0000_0000_0007n, 0xa5] }])
    expect(end.taken).toBeGreaterThanOrEqual(end.kept)
  })

  it('that find no room are counted, and their place is marked', async () => {
    await using memory = new MappedMemory(openFile(path, 'read'))
    const stop = new AbortController()
    let takes = 0
    const records: SampleRecord[] = []
    const end = await memory.sample(new Program(READS), { signal: stop.signal }, async (more) => {
      records.push(...more)
      // The ring fills meanwhile; then it is emptied, and samples come again.
      if (more.some(isLost)) stop.abort()
      else if (takes++ % 40 === 0) await setTimeout(200)
    })
    const lost = records.filter(isLost)
    expect(lost.length).toBeGreaterThan(0)
    expect(lost.reduce((sum, one) => sum + one.lost, 0)).toBe(end.lost)
    expect(records.length - lost.length).toBe(end.kept)
    expect(end.kept + end.lost).toBe(end.taken)
    const times = timesOf(records)
    expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true)
  })

  it('end when they are stopped, at once where they are already', async () => {
    await using memory = new MappedMemory(openFile(path, 'read'))
    const stop = new AbortController()
    const sampling = sampled(memory, { periodUs: 3_600_000_000, signal: stop.signal })
    setImmediate(() => stop.abort())
    const { records, end } = await sampling
    expect(end.taken).toBe(records.length)
    expect(records.length).toBeLessThanOrEqual(1)
    const { end: nothing } = await sampled(memory, { signal: stop.signal })
    expect(nothing).toMatchObject({ taken: 0, kept: 0 })
    // What stopped it does not stop what comes after.
    expect(await memory.read8(4096)).toBe(0xa5)
  })

  it('that are stopped before their turn leave the stop of another program as it is', async () => {
    await using memory = new MappedMemory(openFile(path, 'read'))
    const [first, second] = [new AbortController(), new AbortController()]
    const { signal } = first
    const waiting = memory.wait32(16, { equals: 1, timeoutMs: 60_000, signal })
    const sampling = sampled(memory, { count: 1, signal: second.signal })
    await setTimeout(20)
    first.abort()
    second.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'EABORT' })
    expect((await sampling).end).toMatchObject({ taken: 0 })
  })

  it('take masks and values as other accesses do: what is negative has the width of its read', async () => {
    await using memory = new MappedMemory(openFile(path, 'read'))
    const trigger = { read: 0, mask: ~0, equals: 0x1122_3344 - 2 ** 32 + 2 ** 32 }
    const { end } = await sampled(memory, { count: 1, durationUs: 1e6, trigger })
    expect(end.kept).toBe(1)
    const never = { read: 2, mask: -1, equals: 0xa5 - 0x100, negate: true }
    expect((await sampled(memory, { durationUs: 1000, trigger: never })).end.kept).toBe(0)
  })

  it('that fail give what came before, and an error that names the read', async () => {
    await using memory = new MappedMemory(openFile(path, 'read'))
    const records: SampleRecord[] = []
    const sampling = memory.sample(
      new Program(READS),
      { periodUs: 2000, durationUs: 60e6 },
      (more) => {
        if (records.length === 0) truncateSync(path, 4096)
        records.push(...more)
      },
    )
    await expect(sampling).rejects.toThrow(
      `step 2: 8-bit read at 0x00001000 (${path}) failed: the file ends before`,
    )
    expect(records).not.toEqual([])
    for (const record of records) expect(record).toMatchObject({ values: VALUES })
  })

  it('stop when what takes them throws', async () => {
    await using memory = new MappedMemory(openFile(path, 'read'))
    const error = new Error('the disk is full')
    const sampling = memory.sample(new Program(READS), { count: 9 }, () => {
      throw error
    })
    await expect(sampling).rejects.toBe(error)
    expect(await memory.read8(4096)).toBe(0xa5)
  })

  it('are one after the other with programs of the same memory', async () => {
    await using memory = new MappedMemory(openFile(path, 'write'))
    const order: string[] = []
    const sampling = sampled(memory, { count: 10 }).then(() => order.push('sampled'))
    const writing = memory.write8(4096, 1).then(() => order.push('written'))
    await Promise.all([sampling, writing])
    expect(order).toEqual(['sampled', 'written'])
  })

  it('are refused before the first where a place is not in the memory', async () => {
    await using memory = new MappedMemory(openFile(path, 'read'))
    const program = new Program([{ op: 'read', address: 8192, width: 8 }])
    await expect(memory.sample(program, { count: 9 }, () => {})).rejects.toMatchObject({
      code: 'ERANGE',
    })
  })
})
