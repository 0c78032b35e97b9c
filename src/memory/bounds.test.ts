import { describe, expect, it } from 'vitest'
import { checkBounds } from './bounds.ts'
import { Program } from './program.ts'
import type { Step } from './step.ts'

const check = (length: number | undefined, ...steps: Step[]) =>
  checkBounds(new Program([{ op: 'fence' }, ...steps]), 'file:ram.bin', length)

describe('checkBounds', () => {
  it('allows what ends at the end', () => {
    check(0x100, { op: 'read', address: 0xfc, width: 32 })
    check(0x100, { op: 'readBlock', address: 0, width: 8, count: 0x100 })
    check(0x100, { op: 'readBlock', address: 0xf8, width: 64, count: 9, stepping: 'fixed' })
  })

  it('allows everything where the length is not known', () => {
    check(undefined, { op: 'read', address: 0xf_ffff_0000, width: 32 })
  })

  it('says that a memory is empty', () => {
    expect(() => check(0, { op: 'read', address: 0, width: 32 })).toThrow(
      '0x0 to 0x3 is not inside file:ram.bin: it is empty',
    )
  })

  it('names the only address of a byte that is not inside', () => {
    expect(() => check(0x100, { op: 'read', address: 0x100, width: 8 })).toThrow(
      '0x100 is not inside file:ram.bin: expected 0x0 to 0xff',
    )
    expect(() => check(1, { op: 'read', address: 0, width: 16 })).toThrow(
      '0x0 to 0x1 is not inside file:ram.bin: expected 0x0',
    )
  })

  it('refuses the first step that reaches beyond', () => {
    const good: Step = { op: 'read', address: 0, width: 8 }
    const bad: Step = { op: 'fill', address: 0xf8, width: 32, count: 3, value: 0 }
    expect(() => check(0x100, good, bad, bad)).toThrow(
      expect.objectContaining({
        code: 'ERANGE',
        message: '0xf8 to 0x103 is not inside file:ram.bin: expected 0x0 to 0xff',
        data: { step: 2, address: 0xf8, width: 32 },
      }),
    )
  })
})
