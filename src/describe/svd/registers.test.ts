import { describe, expect, test } from 'vitest'
import { registersOf } from '../lookup.ts'
import type { Cluster } from '../model.ts'
import { blockOf, firstField, onlyRegister, registerText } from './testing/svd.ts'

describe('clusters', () => {
  test('with registers and clusters in them, each once', () => {
    const inner = `<cluster><name>IN</name><addressOffset>8</addressOffset>${registerText('', 'B')}</cluster>`
    const outer = `<cluster><name>OUT</name><addressOffset>0x10</addressOffset><size>8</size>${registerText('', 'A')}${inner}</cluster>`
    const { block, issues } = blockOf(outer + registerText('', 'C'))
    expect(issues).toEqual([])
    expect([...registersOf(block)].map(({ name, offset }) => `${name} ${offset}`)).toEqual([
      ...['C 0', 'OUT.A 16', 'OUT.IN.B 24'],
    ])
    // The size of a cluster is that of its registers where they say none.
    expect([...registersOf(block)].map(({ register }) => register.size)).toEqual([32, 8, 8])
    expect((block.children[0] as Cluster).kind).toBe('cluster')
  })
})

describe('registers', () => {
  test.each([
    [
      '<resetValue>0xE00</resetValue><size>8</size>',
      'error reset-too-wide P.R: resetValue 0xe00 does not fit in 8 bits: it is left out',
      undefined,
    ],
    [
      '<resetValue>00000010</resetValue>',
      'warning leading-zeros P.R: resetValue "00000010" is read as the decimal 10',
      10n,
    ],
    [
      '<resetValue>none</resetValue>',
      'error not-a-number P.R: resetValue is not a number: "none"',
      undefined,
    ],
  ])('%s', (more, issue, reset) => {
    const { register, issues } = onlyRegister(registerText(more))
    expect(issues).toEqual([issue])
    expect(register.reset).toBe(reset)
  })

  test('what a device says of all resets is cut to the register', () => {
    const head =
      '<size>32</size><resetValue>0x12345678</resetValue><resetMask>0xFFFF00FF</resetMask>'
    const narrow = onlyRegister(registerText('<size>16</size>'), head)
    expect(narrow.issues).toEqual([])
    expect(narrow.register).toMatchObject({ size: 16, reset: 0x5678n, resetMask: 0xffn })
    expect(
      onlyRegister(registerText('<resetMask>0xFFFFFFFF</resetMask>'), head).register,
    ).not.toHaveProperty('resetMask')
  })

  test('of 1 bit are accessed with 8, of 20 with 32', () => {
    expect(onlyRegister(registerText('<size>1</size>')).register).toMatchObject({
      size: 1,
      width: 8,
    })
    expect(onlyRegister(registerText('<size>20</size>')).register).toMatchObject({
      size: 20,
      width: 32,
    })
  })

  test('of 64 bits', () => {
    const more = '<size>64</size><resetValue>0x8000000000000001</resetValue>'
    const fields = '<fields><field><name>TOP</name><bitOffset>63</bitOffset></field></fields>'
    const { register, issues } = onlyRegister(registerText(more + fields), '<width>64</width>')
    expect(issues).toEqual([])
    expect(register).toMatchObject({ size: 64, width: 64, reset: 0x8000000000000001n })
    expect(register.fields[0]?.lsb).toBe(63)
    expect(onlyRegister(registerText('<size>64</size>'), '<width>32</width>')).toMatchObject({
      register: { size: 64, width: 32 },
      issues: [
        'warning wider-than-bus P.R: it has 64 bits, but the bus has 32: it is accessed with 32 bits',
      ],
    })
  })

  test.each(['0', '65'])('of %s bits are left out', (size) => {
    expect(blockOf(registerText(`<size>${size}</size>`))).toMatchObject({
      block: { children: [] },
      issues: [`error bad-size P.R: its size is ${size} bits, expected 1 to 64: it is left out`],
    })
  })

  test('no size, no access: 32 bits, read-write', () => {
    expect(onlyRegister(registerText()).register).toEqual({
      ...{ kind: 'register', name: 'R', offset: 0, size: 32, width: 32 },
      ...{ access: 'read-write', fields: [] },
    })
  })

  test.each([
    ['read-write ', 'read-write', []],
    ['\r\n read-only\r\n', 'read-only', []],
    ['read-writeonce', 'read-write-once', []],
    ['read-writeOnce', 'read-write-once', []],
    ['writeOnce', 'write-once', []],
    ['Write-Only', 'write-only', []],
    [
      'write',
      'write-only',
      ['warning odd-access P.R: access is "write": it is read as write-only'],
    ],
    ['some', 'read-write', ['error unknown-word P.R: access is not a word of the format: "some"']],
  ])('access "%s"', (word, access, issues) => {
    const { register, ...found } = onlyRegister(registerText(`<access>${word}</access>`))
    expect(register.access).toBe(access)
    expect(found.issues).toEqual(issues)
  })

  test('what a load and a store do besides', () => {
    const range =
      '<writeConstraint><range><minimum>1</minimum><maximum>0x10</maximum></range></writeConstraint>'
    const more = `<readAction>modifyExternal</readAction><modifiedWriteValues>oneToClear</modifiedWriteValues>${range}`
    const { register, issues } = onlyRegister(registerText(more))
    expect(issues).toEqual([])
    expect(register).toMatchObject({
      ...{ readEffect: 'external', writeEffect: 'one-to-clear' },
      writeConstraint: { kind: 'range', minimum: 1n, maximum: 16n },
    })
    const as = (word: string) =>
      firstField(
        `<bitOffset>0</bitOffset><access>writeOnce</access><readAction>clear</readAction><writeConstraint><${word}>true</${word}></writeConstraint>`,
      ).field
    expect(as('writeAsRead')).toMatchObject({
      ...{ access: 'write-once', readEffect: 'clear', writeConstraint: { kind: 'as-read' } },
    })
    expect(as('useEnumeratedValues')?.writeConstraint).toEqual({ kind: 'enumerated' })
    expect(onlyRegister(registerText('<readAction>eat</readAction>')).issues).toEqual([
      'error unknown-word P.R: readAction is not a word of the format: "eat"',
    ])
  })

  test('one location under several names', () => {
    const { block } = blockOf(
      registerText('', 'THR') +
        registerText('<alternateRegister>THR</alternateRegister>', 'DLL') +
        registerText('<alternateGroup>DEV</alternateGroup>', 'THR'),
    )
    expect(block.children.map(({ alternate }) => alternate)).toEqual([
      ...[undefined, { register: 'THR' }, { group: 'DEV' }],
    ])
  })

  test('names that begin with a digit, are not identifiers, or stand there twice', () => {
    const { block, issues } = blockOf(
      registerText('<displayName>INT (raw)</displayName>', '0INT_RAW') +
        registerText('', '0INT_RAW'),
    )
    expect(issues).toEqual([])
    expect(block.children).toHaveLength(2)
    expect(block.children[0]).toMatchObject({ name: '0INT_RAW', displayName: 'INT (raw)' })
  })

  test.each([
    [
      '<register><name>X</name></register>',
      'error no-offset P.X: addressOffset is missing: it is left out',
    ],
    [
      '<register><addressOffset>0</addressOffset></register>',
      'error no-name P.?: this register has no name: it is left out',
    ],
    [
      '<register><name>X</name><addressOffset>0x10000000000000</addressOffset></register>',
      'error too-large P.X: addressOffset is 4503599627370496: the most is 4503599627370495',
    ],
  ])('%s is left out', (text, issue) => {
    const { block, issues } = blockOf(text + registerText('', 'GOOD'))
    expect(issues).toEqual([issue])
    expect(block.children.map(({ name }) => name)).toEqual(['GOOD'])
  })
})
