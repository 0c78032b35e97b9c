import { describe, expect, it } from 'vitest'
import { MAX_BLOCK_BYTES, Program } from './program.ts'
import type { Step } from './step.ts'

describe('Program', () => {
  it('names the first step that is wrong', () => {
    const steps: Step[] = [{ op: 'fence' }, { op: 'read', address: 2, width: 32 }, { op: 'fence' }]
    expect(() => new Program(steps)).toThrow(
      expect.objectContaining({ code: 'EALIGN', data: { step: 1, address: 2, width: 32 } }),
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

  it('refuses more than 1 GiB of block data', () => {
    const block: Step = { op: 'readBlock', address: 0, width: 64, count: MAX_BLOCK_BYTES / 8 }
    expect(new Program([block]).dataLength).toBe(MAX_BLOCK_BYTES)
    expect(() => new Program([block, { op: 'readBlock', address: 0, width: 8, count: 1 }])).toThrow(
      expect.objectContaining({
        code: 'ERANGE',
        message: '1073741832 bytes of block data in one program: expected at most 1073741824',
        data: { step: 1 },
      }),
    )
    // A fill moves no data.
    expect(new Program([{ ...block, op: 'fill', count: 2 ** 32 - 1, value: 0 }]).dataLength).toBe(0)
  })
})
