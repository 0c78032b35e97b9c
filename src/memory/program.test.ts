import { describe, expect, it } from 'vitest'
import { MAX_BLOCK_BYTES } from './limits.ts'
import { Program } from './program.ts'
import { openSim } from './sim/open.ts'
import type { Step } from './step.ts'

describe('Program', () => {
  it('names the first step that is wrong', () => {
    const steps: Step[] = [{ op: 'fence' }, { op: 'read', address: 2, width: 32 }, { op: 'fence' }]
    expect(() => new Program(steps)).toThrow(
      expect.objectContaining({ code: 'EALIGN', data: { step: 1, address: 2, width: 32 } }),
    )
  })

  it('refuses an array with a hole', () => {
    const steps = new Array<Step>(3).fill({ op: 'fence' })
    delete steps[1]
    expect(() => new Program(steps)).toThrow(
      expect.objectContaining({
        code: 'EUSAGE',
        message: "step 1: expected an object such as { op: 'fence' }, not undefined",
      }),
    )
  })

  it('is not changed by what becomes of the steps it was made of', () => {
    const step: Step = { op: 'write', address: 0, width: 8, value: 1 }
    const steps: Step[] = [step]
    const program = new Program(steps)
    step.value = 0x100
    steps.push({ op: 'fence' })
    expect(program.steps).toEqual([{ op: 'write', address: 0, width: 8, value: 1 }])
  })

  it('keeps the bytes that it was made of', async () => {
    const data = Uint8Array.of(1, 2, 3, 4)
    const [at, more] = [{ address: 0x4000_0000, width: 32 } as const, Uint8Array.of(9, 9, 9, 9, 9)]
    const program = new Program([
      { op: 'writeBlock', ...at, data },
      { op: 'writeBlock', address: 0x4000_0010, width: 8, data: more.subarray(1) },
    ])
    data.fill(7)
    structuredClone(more, { transfer: [more.buffer] })
    await using memory = await openSim()
    await memory.run(program)
    expect([...(await memory.readBlock(0x4000_0000, 32, 1))]).toEqual([1, 2, 3, 4])
    expect([...(await memory.readBlock(0x4000_0010, 8, 5))]).toEqual([9, 9, 9, 9, 0])
  })

  it('has steps that do not compile when they are assigned to', () => {
    const [step] = new Program([{ op: 'read', address: 4, width: 32 }]).steps
    const change = () => {
      // @ts-expect-error: it would no longer be what was checked.
      if (step?.op === 'read') step.address = 3
    }
    expect(change).toBeTypeOf('function')
    expect(step).toMatchObject({ address: 4 })
  })

  it('lays the blocks it reads one after the other, on multiples of 8', () => {
    const program = new Program([
      { op: 'readBlock', address: 0, width: 8, count: 9 },
      { op: 'read', address: 0, width: 8 },
      { op: 'readBlock', address: 0, width: 32, count: 2 },
      { op: 'readBlock', address: 0, width: 16, count: 1, stepping: 'fixed' },
    ])
    expect([0, 2, 3].map((step) => program.dataOffset(step))).toEqual([0, 16, 24])
    expect(program.dataLength).toBe(32)
  })

  it('refuses delays and waits that come to more than a day together', () => {
    const wait = (timeoutMs: number): Step => ({
      ...{ op: 'wait', address: 0, width: 32, mask: 1, equals: 1, timeoutMs },
    })
    const delay = (us: number): Step => ({ op: 'delay', us })
    const day = 86_400_000
    for (const rest of [wait(day - 1), delay((day - 1) * 1000)]) {
      for (const [fits, more] of [
        [wait(1), wait(1.000001)],
        [delay(1000), delay(1000.001)],
      ] as const) {
        expect(new Program([rest, { op: 'fence' }, fits]).steps).toHaveLength(3)
        expect(() => new Program([rest, { op: 'fence' }, more])).toThrow(
          expect.objectContaining({
            code: 'ERANGE',
            message:
              'step 2: 86400000.000001 milliseconds of delays and waits in one program: expected at most 86400000 (a day)',
            data: { step: 2 },
          }),
        )
      }
    }
  })

  it('names the step that is wrong, where it is one of several', () => {
    const wrong: Step = { op: 'read', address: 2, width: 32 }
    const message = '0x00000002 is not a multiple of 4: a 32-bit access would not be one access'
    expect(() => new Program([{ op: 'fence' }, wrong])).toThrow(
      expect.objectContaining({ code: 'EALIGN', message: `step 1: ${message}` }),
    )
    expect(() => new Program([wrong])).toThrow(expect.objectContaining({ message }))
  })

  describe('refuses blocks that come to more than 1 GiB together', () => {
    const at = { address: 0, width: 8 } as const
    const most = MAX_BLOCK_BYTES
    const block = (count: number): Step => ({ op: 'readBlock', ...at, count })
    const fill = (count: number): Step => ({ op: 'fill', ...at, count, value: 0 })
    const flush = (length: number): Step => ({ op: 'cache', action: 'flush', address: 0, length })

    it.each<[string, Step[], Step[]]>([
      ['1073741832 bytes to read in blocks', [block(most)], [block(most), block(1)]],
      ['1073741832 bytes to write in blocks and fills', [fill(most)], [fill(most), fill(1)]],
      [
        '34359738360 bytes to write in blocks and fills',
        [fill(1)],
        [{ ...fill(2 ** 32 - 1), width: 64 } as Step],
      ],
      [
        '1073741832 bytes to write in blocks and fills',
        [fill(most - 8), { op: 'writeBlock', ...at, data: new Uint8Array(2) }],
        [fill(most), { op: 'writeBlock', ...at, data: new Uint8Array(2) }],
      ],
      ['1073741832 bytes to clean or flush', [flush(most)], [flush(1), flush(most)]],
    ])('%s', (came, steps, more) => {
      const fence: Step = { op: 'fence' }
      expect(
        new Program([...steps, { op: 'read', ...at }, { op: 'write', ...at, value: 1 }]).steps,
      ).toHaveLength(steps.length + 2)
      expect(() => new Program([fence, ...more])).toThrow(
        expect.objectContaining({
          code: 'ERANGE',
          message: `step ${more.length}: ${came} in one program: expected at most 1073741824`,
          data: { step: more.length },
        }),
      )
    })
  })
})
