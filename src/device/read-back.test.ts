import { describe, expect, it } from 'vitest'
import { findField } from '../describe/lookup.ts'
import { keptBits } from './read-back.ts'
import { maskOf } from './register.ts'
import { type Change, planStore } from './store.ts'
import { registerOf } from './testing/registers.ts'

/** The bits that read back of a whole value, of a value and its mask, or of a field. */
function kept(text: string, what: { value: bigint; mask?: bigint } | { field: string }): string {
  const register = registerOf(text)
  const change = (): Change => {
    if ('field' in what) {
      const field = findField(register.found.register, what.field)
      return { name: what.field, field, mask: maskOf(field), value: 0n }
    }
    const { value, mask } = what
    if (mask !== undefined) return { name: '{}', value, mask, braces: '{}' }
    return { name: 'X.R', value, mask: 0xffff_ffffn, isWhole: true }
  }
  const store = planStore(register, [change()], { force: true })
  return keptBits(store, store.value).toString(16)
}

describe('of a whole value', () => {
  it.each([
    ['R: { offset: 0 }', 'ffffffff'],
    // That bits of no field are reserved is said nowhere.
    ['R: { offset: 0, fields: { A: 7:0 } }', 'ffffffff'],
    ['R: { offset: 0, on-write: one-to-clear }', '0'],
    ['R: { offset: 0, on-write: one-to-clear, fields: { A: 7:0 } }', '0'],
    ['R: { offset: 0, access: write-only }', '0'],
    ['R: { offset: 0, access: write-only, fields: { A: 7:0 } }', '0'],
    ['R: { offset: 0, fields: { A: 7:0, B: { bits: 15:8, access: write-only } } }', 'ffff00ff'],
    ['R: { offset: 0, fields: { A: 7:0, B: { bits: 15:8, access: read-only } } }', 'ffff00ff'],
    [
      'R: { offset: 0, fields: { A: { bits: 3:0, on-write: zero-to-set }, B: { bits: 4, on-write: modify } } }',
      'ffffffe0',
    ],
  ])('%s: %s', (text, bits) => {
    expect(kept(text, { value: 0xffff_ffffn })).toBe(bits)
  })

  it('are none of two fields with the same bits, of which one does not keep them', () => {
    const register = registerOf('R: { offset: 0, fields: { ALL: 31:0 } }')
    const fields = [
      ...register.found.register.fields,
      { name: 'W', lsb: 0, width: 4, access: 'write-only' as const },
    ]
    const found = { ...register.found, register: { ...register.found.register, fields } }
    const whole = { name: 'X.R', value: 0n, mask: 0xffff_ffffn, isWhole: true } as const
    expect(keptBits(planStore({ ...register, found }, [whole]), 0n)).toBe(0xffff_fff0n)
  })

  it('are those that the upper half selects', () => {
    const text = 'R: { offset: 0, high-word-mask: true, fields: { A: 7:0 } }'
    expect(kept(text, { value: 0x000f_00ffn })).toBe('f')
    expect(kept(text, { value: 0xffn })).toBe('0')
    expect(kept(text, { field: 'A' })).toBe('ff')
  })
})

describe('of a part', () => {
  const text = 'R: { offset: 0, fields: { A: 7:0, B: { bits: 15:8, on-write: one-to-set } } }'
  it('are its own', () => {
    expect(kept(text, { value: 0n, mask: 0xff0n })).toBe('f0')
    expect(kept(text, { field: 'A' })).toBe('ff')
    expect(kept(text, { field: 'B' })).toBe('0')
  })

  it('are those of a read-only field, where it was forced', () => {
    const one = 'R: { offset: 0, fields: { A: { bits: 7:0, access: read-only } } }'
    expect(kept(one, { field: 'A' })).toBe('ff')
  })
})
