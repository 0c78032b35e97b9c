import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestError } from '../base/errors.ts'
import { findField } from '../describe/lookup.ts'
import { maskOf } from './register.ts'
import { type Change, planStore, together } from './store.ts'
import { registerOf } from './testing/registers.ts'

function change(register: ReturnType<typeof registerOf>, name: string, value: bigint): Change {
  const field = findField(register.found.register, name)
  return {
    ...{ name: `X.R:${name}`, field, mask: maskOf(field) },
    value: value << BigInt(field.lsb),
  }
}

/** What is done to a register whose field A is set to 1. */
function plan(text: string, options: { force?: boolean; value?: bigint } = {}) {
  const register = registerOf(text)
  try {
    const { value = 1n } = options
    const {
      isUpdate,
      mask,
      value: whole,
      neutral,
      notes,
    } = planStore(register, [change(register, 'A', value)], options)
    return { isUpdate, mask, value: whole, neutral: neutral.map(({ name }) => name), notes }
  } catch (error) {
    if (error instanceof RequestError) return `${error.message} | ${error.data.cure ?? ''}`
    throw error
  }
}

describe('a store of a field', () => {
  it('reads the register, and keeps what is around', () => {
    expect(plan('R: { offset: 0, fields: { A: 0, B: 7:4 } }')).toEqual({
      ...{ isUpdate: true, mask: 1n, value: 1n, neutral: [], notes: [] },
    })
  })

  it.each([
    ['one-to-clear', 0n],
    ['one-to-set', 0n],
    ['one-to-toggle', 0n],
    ['zero-to-clear', 0xf0n],
    ['zero-to-set', 0xf0n],
    ['zero-to-toggle', 0xf0n],
  ])('writes a neighbour that is %s as what changes nothing', (effect, bits) => {
    expect(
      plan(`R: { offset: 0, fields: { A: 0, B: { bits: 7:4, on-write: ${effect} } } }`),
    ).toEqual({
      ...{ isUpdate: true, mask: 0xf1n, value: 1n | bits, neutral: ['B'], notes: [] },
    })
  })

  it('needs no read where nothing is to be kept', () => {
    expect(plan('R: { offset: 0, on-write: one-to-clear, fields: { A: 0, B: 7:4 } }')).toEqual({
      ...{ isUpdate: false, mask: 0xffff_ffffn, value: 1n, notes: [] },
      neutral: ['B', 'bits without a name'],
    })
    expect(plan('R: { offset: 0, width: 8, fields: { A: 7:0 } }')).toMatchObject({
      isUpdate: false,
    })
  })

  it.each([
    [
      'R: { offset: 0, on-read: clear, fields: { A: 0 } }',
      'X.R: its other bits must be read to be kept, and reading clears it | give the whole value, as in X.R=VALUE, or --force',
    ],
    [
      'R: { offset: 0, fields: { A: 0, B: { bits: 1, on-read: clear } } }',
      'X.R: its other bits must be read to be kept, and reading clears B | give the whole value, as in X.R=VALUE, or --force',
    ],
    [
      'R: { offset: 0, access: write-only, fields: { A: 0 } }',
      'X.R is write-only, so its other bits cannot be kept, and nothing says what they are after a reset | give the whole value, as in X.R=VALUE',
    ],
    [
      'R: { offset: 0, access: read-only, fields: { A: 0 } }',
      'X.R is read-only | give --force to do it anyway',
    ],
    [
      'R: { offset: 0, fields: { A: { bits: 0, access: read-only } } }',
      'X.R:A is read-only | give --force to do it anyway',
    ],
    [
      'R: { offset: 0, fields: { A: 0, B: { bits: 1, on-write: clear } } }',
      'X.R: any store clears B as well | give --force to do it anyway',
    ],
    [
      'R: { offset: 0, fields: { A: 0, B: { bits: 1, access: write-only } } }',
      'X.R: B is write-only, so it cannot be kept, and nothing says what it is after a reset | give it a value, too, as in X.R:B=VALUE',
    ],
    [
      'DR: { offset: 0, fields: { A: 0, B: 1 } }',
      'X.DR: its other bits must be read to be kept, and by its name, reading may take data | give the whole value, as in X.DR=VALUE, or --force; an overlay with safe: true says that a read is harmless',
    ],
    [
      'INTFLAG: { offset: 0, fields: { A: 0, B: 1 } }',
      'X.INTFLAG: by its name, a 1 that is written clears or changes a bit, so that to write its other bits as they are read would clear them | give the whole value, as in X.INTFLAG=VALUE, or --force; an overlay that says on-write (modifiedWriteValues) settles it',
    ],
  ])('of %s is refused', (text, message) => {
    expect(plan(text)).toBe(message)
  })

  it.each([
    ['DR: { offset: 0, safe: true, fields: { A: 0, B: 1 } }', []],
    ['ISR: { offset: 0, fields: { A: 0 } }', []],
    ['ISR: { offset: 0, fields: { A: 0, B: { bits: 1, access: read-only } } }', []],
    ['ISR: { offset: 0, fields: { A: 0, B: { bits: 1, on-write: one-to-clear } } }', []],
    ['ISR: { offset: 0, width: 8, fields: { A: 7:0 } }', []],
    [
      'SR: { offset: 0, fields: { A: 0, B: 1 } }',
      [
        'X.SR: by its name, it may have flags that a 1 clears, and its other bits are written as they are read',
      ],
    ],
    ['SR: { offset: 0, on-write: zero-to-clear, fields: { A: 0, B: 1 } }', []],
    ['CSR: { offset: 0, fields: { A: 0, B: 1 } }', []],
  ])('of %s is made', (text, notes) => {
    expect(plan(text)).toMatchObject({ notes })
  })

  it('of bits of a register without fields is refused by its name', () => {
    const register = registerOf('IFCR: 0')
    expect(() => planStore(register, [{ name: 'X.IFCR:0', mask: 1n, value: 1n }])).toThrow(
      'X.IFCR: by its name, a 1 that is written clears or changes a bit',
    )
  })

  it('says what any store changes as well', () => {
    expect(plan('R: { offset: 0, on-write: modify, fields: { A: 0 } }')).toBe(
      'X.R: a store changes its bits without a name as well | give --force to do it anyway',
    )
  })

  it('is made all the same by force', () => {
    expect(
      plan('R: { offset: 0, on-read: clear, fields: { A: 0 } }', { force: true }),
    ).toMatchObject({
      isUpdate: true,
    })
  })

  it('takes what cannot be read from the value after a reset, and says so', () => {
    expect(plan('R: { offset: 0, access: write-only, reset: 0x30, fields: { A: 0 } }')).toEqual({
      ...{ isUpdate: false, mask: 0xffff_ffffn, value: 0x31n, neutral: [] },
      notes: ['X.R is write-only: its other bits are written as they are after a reset, 0x30'],
    })
    expect(
      plan('R: { offset: 0, reset: 0x2, fields: { A: 0, B: { bits: 1, access: write-only } } }'),
    ).toMatchObject({ isUpdate: true, mask: 3n, value: 3n, neutral: ['B'] })
  })

  it('says which bits change in the upper half', () => {
    const text = 'R: { offset: 0, high-word-mask: true, fields: { A: 3:0 } }'
    expect(plan(text, { value: 5n })).toMatchObject({ isUpdate: false, value: 0x000f_0005n })
    const high = 'R: { offset: 0, high-word-mask: true, fields: { A: 16 } }'
    expect(plan(high)).toBe(
      'X.R: bits 31 to 16 only say which bits below them change: name those | ',
    )
  })

  it('changes no bit that was not meant, whatever the register holds', () => {
    const effects = ['', 'one-to-clear', 'one-to-set', 'zero-to-clear', 'zero-to-set']
    const field = fc.record({
      effect: fc.constantFrom(...effects),
      width: fc.integer({ min: 1, max: 4 }),
    })
    const after = (old: number, written: number, effect: string) => {
      if (effect === 'one-to-clear') return old & ~written
      if (effect === 'one-to-set') return old | written
      if (effect === 'zero-to-clear') return old & written
      if (effect === 'zero-to-set') return old | (~written & 0xf)
      return written
    }
    fc.assert(
      fc.property(
        fc.array(field, { minLength: 1, maxLength: 6 }),
        fc.nat(0xffff_ffff),
        (some, old) => {
          const fields = some.map(({ effect, width }, index) => {
            const bits = `${4 * index + 4 + width - 1}:${4 * index + 4}`
            return `F${index}: { bits: "${bits}"${effect === '' ? '' : `, on-write: ${effect}`} }`
          })
          const register = registerOf(`R: { offset: 0, fields: { A: 3:0, ${fields.join(', ')} } }`)
          const store = planStore(register, [change(register, 'A', 5n)])
          const mask = Number(store.mask)
          const value = Number(store.value)
          const written = store.isUpdate ? ((old & ~mask) | value) >>> 0 : value
          expect(written & 0xf).toBe(5)
          for (const [index, { effect, width }] of some.entries()) {
            const cut = (whole: number) => (whole >>> (4 * index + 4)) & ((1 << width) - 1)
            const all = (1 << width) - 1
            expect(after(cut(old), cut(written), effect) & all).toBe(cut(old))
          }
        },
      ),
    )
  })
})

describe('a store of many bits', () => {
  const text =
    'R: { offset: 0, fields: { A: { bits: 3:0, values: { Off: 0 } }, B: { bits: 7:4, writes: [1, 3] } } }'
  const store = (mask: bigint, value: bigint, more: object = {}) =>
    planStore(registerOf(text), [{ name: 'X.R', mask, value, ...more }])

  it('holds each field that is in it to its range', () => {
    const all = 0xffff_ffffn
    expect(() => store(all, 0x40n, { isWhole: true })).toThrow(
      'X.R:B takes 0x1 to 0x3, but 0x4 is not one of these',
    )
    expect(() => store(0xffn, 0x00n)).toThrow('X.R:B takes 0x1 to 0x3, but 0x0 is not one of these')
    expect(store(all, 0x30n, { isWhole: true }).value).toBe(0x30n)
    expect(store(0x1fn, 0x00n).value).toBe(0n)
  })

  const constrained = (writes: string) =>
    registerOf(
      `R: { offset: 0, fields: { A: { bits: 3:0, writes: ${writes}, read-values: { Idle: 0, Busy: 5 }, write-values: { Stop: 0, Go: 1, Any: 0b1xx0 } }, B: 7:4 } }`,
    )
  const all = 0xffff_ffffn

  it('takes values that have a name for writes alone, where the description says so', () => {
    const register = constrained('values')
    const of = (mask: bigint, value: bigint, more: object = {}) =>
      planStore(register, [{ name: 'X.R', mask, value, ...more }], more)
    const none = 'takes only named values, and 0x5 has no name'
    expect(() => planStore(register, [change(register, 'A', 5n)])).toThrow(`X.R:A ${none}`)
    expect(() => of(all, 0x35n, { isWhole: true })).toThrow(`X.R:A ${none}`)
    expect(() => of(0xffn, 0x35n)).toThrow(`X.R:A ${none}`)
    for (const value of [0n, 1n, 8n, 12n]) {
      expect(planStore(register, [change(register, 'A', value)]).value).toBe(value)
      expect(of(all, value, { isWhole: true }).value).toBe(value)
    }
    // Of a part of the field nothing can be said; force takes all.
    expect(of(0xfdn, 0x35n).value).toBe(0x35n)
    expect(of(all, 5n, { isWhole: true, force: true }).value).toBe(5n)
  })

  it('leaves as it was read what may only be written so', () => {
    const register = constrained('as-read')
    const why = 'X.R:A may only be written as it was read'
    expect(() => planStore(register, [change(register, 'A', 1n)])).toThrow(why)
    for (const mask of [0xffn, 0x01n]) {
      expect(() => planStore(register, [{ name: 'X.R', mask, value: 0n }])).toThrow(why)
    }
    expect(planStore(register, [{ name: 'X.R', mask: 0xf0n, value: 0x10n }])).toMatchObject({
      ...{ value: 0x10n, notes: [] },
    })
    const whole = { name: 'X.R', mask: all, value: 0n, isWhole: true } as const
    expect(planStore(register, [whole])).toMatchObject({ value: 0n, notes: [why] })
  })

  it.each([
    [
      0x10n,
      [
        "X.R: bits 31 to 16 say which bits below them change, and are 0, so that none does: name the bits, as in 'X.R{0x10,0x10}'",
      ],
    ],
    [
      0n,
      [
        "X.R: bits 31 to 16 say which bits below them change, and are 0, so that none does: name the bits, as in 'X.R{0x0,0xffff}'",
      ],
    ],
    [0x10_0010n, []],
  ])('says where %s changes nothing by its upper half', (value, notes) => {
    const register = registerOf('R: { offset: 0, high-word-mask: true }')
    const change = { name: 'X.R', mask: 0xffff_ffffn, value, isWhole: true } as const
    expect(planStore(register, [change]).notes).toEqual(notes)
  })
})

describe('changes in a row', () => {
  it('are made together, except for those of the same bits', () => {
    const [one, other] = [
      registerOf('R: { offset: 0, fields: { A: 0, B: 1 } }'),
      registerOf('S: 4'),
    ]
    const a = { register: one, change: change(one, 'A', 1n) }
    const b = { register: one, change: change(one, 'B', 1n) }
    const s = { register: other, change: { name: 'X.S', mask: 1n, value: 1n } }
    expect(together([a, b, s, a])).toEqual([[a, b], [s], [a]])
    expect(together([a, a])).toEqual([[a], [a]])
  })
})
