import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Block, Field, Register } from '../../describe/model.ts'
import type { DeviceRegister } from '../register.ts'
import { differenceOf } from './compare.ts'
import { planRestoration } from './restore.ts'

function register(more: Partial<Register> & { fields?: Field[] }): DeviceRegister {
  const described: Register = {
    ...{ kind: 'register', name: 'CR', offset: 0, size: 32, width: 32, access: 'read-write' },
    fields: [],
    ...more,
  }
  const block: Block = { name: 'U', extents: [], children: [described] }
  const path = `U.${described.name}`
  return {
    name: path,
    found: {
      ...{ path, block, blockPath: 'U', origin: 0, offset: 0 },
      ...{ register: described, name: described.name },
    },
    sharing: () => [],
    ...{ place: { scheme: 'address', offset: 0 }, endian: 'little', from: 'test' },
  }
}

/** What would be stored, or why nothing is. */
function restored(of: DeviceRegister, saved: bigint, present: bigint, force = false): unknown {
  const plan = planRestoration(of, saved, present, { force })
  if (plan.kind === 'same') return 'same'
  const left = plan.left.map(({ name, why }) => `${name}: ${why}`)
  if (plan.kind === 'left') return left.join(', ')
  const { isUpdate, mask, value } = plan.store
  const whole = isUpdate ? (present & ~mask) | (value & mask) : value
  return left.length === 0 ? whole : [whole, ...left]
}

const EN: Field = { name: 'EN', lsb: 0, width: 1 }
const IRQ: Field = { name: 'IRQ', lsb: 4, width: 2, writeEffect: 'one-to-clear' }
const BUSY: Field = { name: 'BUSY', lsb: 8, width: 1, access: 'read-only' }

describe('what is restored', () => {
  it('is what differs', () => {
    expect(restored(register({}), 0x12n, 0x12n)).toBe('same')
    expect(restored(register({}), 0x1234n, 0x1204n)).toBe(0x1234n)
  })

  it('is nothing of what is read-only, or is written once', () => {
    expect(restored(register({ access: 'read-only' }), 1n, 0n)).toBe('U.CR: it is read-only')
    expect(restored(register({ access: 'read-write-once' }), 1n, 0n)).toBe(
      'U.CR: it may be written once only',
    )
  })

  it('is nothing that takes data, a key or a command, or that a 1 may clear, by its name', () => {
    const named = (name: string, more: { description?: string } = {}) =>
      restored(register({ name, ...more }), 3n, 0n)
    for (const name of ['KEYR1', 'SWTRIGCTRL', 'TXDR', 'RXDT']) {
      expect(named(name)).toBe(`U.${name}: by its name, it takes data or commands`)
    }
    expect(named('RLR0', { description: 'Read lock register' })).toBe(
      'U.RLR0: by its description, it takes data or commands',
    )
    for (const name of ['ISR', 'SR', 'INTFLAG']) {
      expect(named(name)).toBe(`U.${name}: by its name, a 1 that is written may clear it`)
      expect(restored(register({ name }), 3n, 0n, true)).toBe(3n)
    }
    // What is said of stores counts more than a name.
    const said = register({ name: 'SR', fields: [EN, IRQ] })
    expect(restored(said, 1n, 0n)).toBe(1n)
  })

  it('is never a bit that a store of 1 clears, which gets a 0', () => {
    const one = register({ fields: [EN, IRQ] })
    expect(restored(one, 0x31n, 0x30n)).toBe(0x01n)
    expect(restored(one, 0x31n, 0x00n)).toEqual([0x01n, 'U.CR:IRQ: writing a 1 clears it'])
    expect(restored(one, 0x30n, 0x00n)).toBe('U.CR:IRQ: writing a 1 clears it')
    const whole = register({ writeEffect: 'one-to-clear' })
    expect(restored(whole, 1n, 0n)).toBe('U.CR: writing a 1 clears it')
  })

  it('is no field that cannot be written, and nothing that is not described', () => {
    const one = register({ fields: [EN, BUSY] })
    expect(restored(one, 0x101n, 0x000n)).toEqual([0x001n, 'U.CR:BUSY: it is read-only'])
    expect(restored(one, 0x8000n, 0n)).toBe('U.CR:15: nothing describes it')
    expect(restored(one, 0xe000_8001n, 0n)).toEqual([
      ...[0x001n, 'U.CR:31:29: nothing describes it', 'U.CR:15: nothing describes it'],
    ])
  })

  it('is nothing that by its name takes data, but by force', () => {
    const fifo = register({ name: 'FIFO' })
    expect(restored(fifo, 1n, 0n)).toBe('U.FIFO: by its name, it takes data or commands')
    expect(restored(fifo, 1n, 0n, true)).toBe(1n)
  })

  it.each([
    ['one-to-set', 'writing a 1 sets it'],
    ['one-to-toggle', 'writing a 1 inverts it'],
    ['zero-to-clear', 'writing a 0 clears it'],
    ['zero-to-set', 'writing a 0 sets it'],
    ['zero-to-toggle', 'writing a 0 inverts it'],
    ['clear', 'any write clears it'],
    ['set', 'any write sets it'],
    ['modify', 'it does not keep what is written'],
  ] as const)('is nothing of what is %s', (writeEffect, why) => {
    expect(restored(register({ writeEffect }), 1n, 0n)).toBe(`U.CR: ${why}`)
  })

  it('is nothing where its other bits cannot be kept', () => {
    const touchy: Field = { name: 'T', lsb: 8, width: 1, writeEffect: 'clear' }
    expect(restored(register({ fields: [EN, touchy] }), 1n, 0n)).toBe(
      'U.CR: any store clears T as well',
    )
    const read: Field = { name: 'R', lsb: 8, width: 1, readEffect: 'clear' }
    expect(restored(register({ fields: [EN, read] }), 1n, 0n)).toBe(
      'U.CR: its other bits must be read to be kept, and reading clears R',
    )
  })

  it('has the mask of a register whose upper half is one', () => {
    const one = register({ highWordMask: true })
    expect(restored(one, 0x0011n, 0x0001n)).toBe(0x0010_0010n)
    expect(restored(one, 0x10_0000n, 0n)).toBe('U.CR: its upper half only says which bits change')
  })

  it('never changes a bit that has an effect, whatever the values', () => {
    const effects = fc.constantFrom('one-to-clear', 'one-to-set', 'one-to-toggle') // stored as 0
    const value = fc.bigInt(0n, 0xffff_ffffn)
    fc.assert(
      fc.property(effects, value, value, (writeEffect, saved, present) => {
        const field: Field = { name: 'F', lsb: 8, width: 8, writeEffect }
        const rest: Field = { name: 'R', lsb: 16, width: 16 }
        const of = register({ fields: [{ ...EN, width: 8 }, field, rest] })
        const plan = planRestoration(of, saved, present)
        const differs = ((saved ^ present) & 0xffff_00ffn) !== 0n
        expect(plan.kind === 'store').toBe(differs)
        if (plan.kind !== 'store') return
        const { isUpdate, mask, value: stored } = plan.store
        const whole = isUpdate ? (present & ~mask) | (stored & mask) : stored
        expect(whole & 0xff00n).toBe(0n)
        expect(whole & 0xffff_00ffn).toBe(saved & 0xffff_00ffn)
      }),
    )
  })
})

describe('a difference', () => {
  const mode: Field = {
    ...{ name: 'MODE', lsb: 4, width: 2 },
    enumerations: [{ usage: 'read-write', values: [{ name: 'Fast', value: 1n }] }],
  }

  it('has the fields that differ, and what their values are called', () => {
    const described = register({ fields: [EN, mode] })
    const what = { name: 'U.CR', width: 32, described }
    expect(differenceOf(what, 5, 5)).toBeUndefined()
    expect(differenceOf(what, 0x01, 0x11)).toMatchObject({
      ...{ before: 1n, after: 0x11n },
      fields: [{ before: 0n, after: 1n, meaning: { before: undefined, after: 'Fast' } }],
    })
    expect(differenceOf({ name: 'U.CR', width: 32 }, 0, 1)).toMatchObject({ fields: [] })
  })
})
