import { describe, expect, it } from 'vitest'
import { ofAll, skippedSentence, warningOfRead, whyNever, whyNotInBulk } from './read-rules.ts'
import { refuseSplit } from './register.ts'
import { planStore } from './store.ts'
import { blockOf, locatedIn, registerOf } from './testing/registers.ts'

/** 64 bits on a bus of 32. */
function wide() {
  const one = registerOf('R: { offset: 0, width: 64 }')
  const register = { ...one.found.register, width: 32 as const }
  return { ...one, found: { ...one.found, register } }
}

describe('a register that is read with others', () => {
  it.each([
    ['R: 0', undefined],
    ['R: { offset: 0, access: write-only }', 'it is write-only'],
    ['R: { offset: 0, on-read: clear }', 'reading clears it'],
    ['R: { offset: 0, on-read: external }', 'reading changes something else'],
    ['R: { offset: 0, fields: { A: { bits: 0, on-read: clear } } }', 'reading clears A'],
    ['DR: 0', 'by its name, reading may take data, and its description does not mention it'],
    ['DR: { offset: 0, safe: true }', undefined],
    [
      'SPINLOCK0: 0',
      'by its name, reading may take a lock, and its description does not mention it',
    ],
  ])('%s', (text, why) => {
    expect(whyNotInBulk(registerOf(text))?.text).toBe(why)
  })

  it.each([
    ['R: { offset: 0, width: 16 }', undefined],
    ['R: { offset: 0, width: 32 }', 'it is not aligned to 32 bits'],
    ['DR: 0', 'by its name, reading may take data, and its description does not mention it'],
  ])('lies where it can be loaded: %s two bytes on', (text, why) => {
    const register = registerOf(text)
    const place = { scheme: 'address', offset: 0x1002 } as const
    expect(whyNotInBulk({ ...register, place })?.text).toBe(why)
  })

  it('is warned of where it is read alone', () => {
    expect(warningOfRead(registerOf('DR: 0'))).toBe(
      'X.DR: by its name, reading may take data, and its description does not mention it',
    )
    expect(warningOfRead(registerOf('DR: { offset: 0, on-read: clear }'))).toBe(
      'X.DR: reading clears it',
    )
    expect(warningOfRead(registerOf('DR: { offset: 0, safe: true }'))).toBeUndefined()
    expect(warningOfRead(registerOf('R: 0'))).toBeUndefined()
  })

  it('is left alone where its bus carries a part of it at a time', () => {
    const split = wide()
    expect(whyNotInBulk(split)).toEqual({
      ...{ rule: 'split', text: 'it has 64 bits and its bus carries 32 at a time' },
    })
    expect(whyNever(split)).toEqual(whyNotInBulk(split))
    expect(() => refuseSplit(split)).toThrow(
      'X.R has 64 bits and its bus carries 32 at a time: its halves are two accesses, by address, 0x00001000 and 0x00001004',
    )
    expect(() => planStore(split, [{ name: 'X.R', mask: 1n, value: 1n, isWhole: true }])).toThrow(
      'X.R has 64 bits and its bus carries 32 at a time',
    )
    expect(() => planStore(split, [{ name: 'X.R', mask: 1n, value: 1n }], { force: true })).toThrow(
      'X.R has 64 bits and its bus carries 32 at a time',
    )
  })

  it('is not touched while its device sleeps, and is warned of', () => {
    const asleep = { ...registerOf('R: 0'), asleep: 'it is suspended (power/runtime_status)' }
    expect(whyNotInBulk(asleep)).toEqual({
      ...{ rule: 'asleep', text: 'it is suspended (power/runtime_status)' },
    })
    expect(warningOfRead(asleep)).toBe(
      'X.R: it is suspended (power/runtime_status), and an access may never complete',
    )
  })

  it('is counted by the rule that left it out', () => {
    const skipped = ['A: { offset: 0, access: write-only }', 'DR: 0'].map((text) => {
      const register = registerOf(text)
      return { register, reason: whyNotInBulk(register) ?? { rule: 'effect' as const, text: '' } }
    })
    expect(skippedSentence(skipped)).toBe(
      '2 registers were not read: X.A (it is write-only); X.DR (by its name, reading may take data, and its description does not mention it)',
    )
    expect(skippedSentence([])).toBeUndefined()
  })

  it.each([
    ['reading clears it', 'reading clears them'],
    ['reading it ends in a bus error', 'reading them ends in a bus error'],
    ['reading changes something else', 'reading changes something else'],
    ['it is write-only', 'they are write-only'],
    ['it is where X.RBR is', 'they are where X.RBR is'],
    [
      'it has 64 bits and its bus carries 32 at a time',
      'they have 64 bits and their bus carries 32 at a time',
    ],
    [
      'by its name, reading may take data, and its description does not mention it',
      'by their names, reading may take data, and their descriptions do not mention it',
    ],
    ['it may be written once only', 'they may be written once only'],
    ['by its name, it takes data or commands', 'by their names, they take data or commands'],
    [
      'by its name, a 1 that is written may clear it',
      'by their names, a 1 that is written may clear them',
    ],
    ['not at a multiple of its width', 'not at multiples of their width'],
  ])('is told of one, and of several: %s', (one, several) => {
    expect([ofAll(one, 1), ofAll(one, 2)]).toEqual([one, several])
  })
})

describe('several names of one place', () => {
  const block = blockOf(`RBR: { offset: 0, access: read-only, on-read: modify }
    THR: { offset: 0, access: write-only }
    DLL: { offset: 0, alternate: RBR }
    DLM: 4`)
  const named = (name: string) => locatedIn(block, name)

  it('are left out of blocks and patterns where a read of one has an effect', () => {
    expect(whyNotInBulk(named('DLL'))).toEqual({ rule: 'effect', text: 'it is where X.RBR is' })
    expect(whyNotInBulk(named('DLM'))).toBeUndefined()
  })

  it('are read alone with a warning', () => {
    expect(warningOfRead(named('DLL'))).toBe('X.DLL: it is where X.RBR is, and reading changes it')
  })

  it('are not read to keep the other bits of one', () => {
    const change = { name: '3:0', mask: 0xfn, value: 5n }
    expect(() => planStore(named('DLL'), [change])).toThrow(
      'X.DLL: its other bits must be read to be kept, and it is where X.RBR is: reading changes it',
    )
  })
})

it('a field that its text says is cleared by a read keeps its register out of a block', () => {
  const text =
    'ROR: { offset: 0, fields: { R: { bits: 0, description: Read this bit to clear the overrun interrupt } } }'
  expect(whyNotInBulk(registerOf(text))).toEqual({
    rule: 'name',
    text: 'by its description, reading may clear flags',
  })
})
