/** What real files contain, each by a file of its own: 643 files of 24 vendors were looked at. */
import { describe, expect, test } from 'vitest'
import { fieldsOf, find, registersOf } from '../lookup.ts'
import type { Cluster, EnumeratedValue } from '../model.ts'
import {
  blockOf,
  describedBy,
  deviceText,
  fieldText,
  issuesOf,
  onlyRegister,
  peripheralText,
  registerText,
} from './testing/svd.ts'

const dim = (count: number | string, increment: number | string, more = '') =>
  `<dim>${count}</dim><dimIncrement>${increment}</dimIncrement>${more}`

const firstField = (more: string, name?: string) => {
  const { register, issues } = onlyRegister(fieldText(more, name))
  return { field: register.fields[0], issues }
}

const values = (...texts: string[]) =>
  `<bitRange>[3:0]</bitRange><enumeratedValues>${texts.map((one) => `<enumeratedValue>${one}</enumeratedValue>`).join('')}</enumeratedValues>`

const names = (registers: string) => {
  const { block, issues } = blockOf(registers)
  return { names: [...registersOf(block)].map(({ name, offset }) => `${name} ${offset}`), issues }
}

describe('arrays and lists', () => {
  test.each([
    [dim(3, 4), 'R[%s]', ['R[0] 0', 'R[1] 4', 'R[2] 8']],
    [dim(2, '0x10'), 'R%s', ['R0 0', 'R1 16']],
    [dim(2, 4, '<dimIndex>A,B</dimIndex>'), 'R%s', ['RA 0', 'RB 4']],
    [dim(2, 4, '<dimIndex>A, B</dimIndex>'), 'R%s_X', ['RA_X 0', 'RB_X 4']],
    [dim(3, 4, '<dimIndex>C-E</dimIndex>'), 'R%s', ['RC 0', 'RD 4', 'RE 8']],
    [dim(3, 4, '<dimIndex>3-5</dimIndex>'), 'R%s', ['R3 0', 'R4 4', 'R5 8']],
    [dim(2, 4, '<dimIndex>0-1</dimIndex>'), 'R[%s]', ['R[0] 0', 'R[1] 4']],
    [dim(2, 4, '<dimIndex>A,B</dimIndex><dimName>X</dimName>'), 'R[%s]', ['R[0] 0', 'R[1] 4']],
    ['<dim>1</dim>', 'R', ['R 0']],
  ])('%s of %s', (group, name, expected) => {
    expect(names(registerText(group, name))).toEqual({ names: expected, issues: [] })
  })

  test.each([
    [dim(0, 4), 'R%s', 'error no-elements P.R%s: dim is 0: it is left out'],
    [
      '<dim>2</dim>',
      'R%s',
      'error no-increment P.R%s: dim is given, and dimIncrement is missing: it is left out',
    ],
    [dim(2, 0), 'R%s', 'error no-increment P.R%s: dimIncrement is 0, and dim is 2: it is left out'],
    [dim('two', 4), 'R%s', 'error not-a-number P.R%s: dim is no number: "two"'],
    [
      dim('0x100000001', 4),
      'R%s',
      'error too-large P.R%s: dim is 4294967297: the most is 4294967296',
    ],
    [
      dim('0x100000000', '0x100000000'),
      'R[%s]',
      'error too-large P.R[%s]: 4294967296 elements of 4294967296 bytes go beyond all addresses: it is left out',
    ],
    [
      dim(3, 4, '<dimIndex>A,B</dimIndex>'),
      'R%s',
      'error index-count P.R%s: dimIndex has 2 names, and dim is 3: it is left out',
    ],
    [
      dim(2, 4, '<dimIndex>A,A</dimIndex>'),
      'R%s',
      'error index-twice P.R%s: dimIndex has "A" twice: it is left out',
    ],
    [
      dim(2, 4, '<dimIndex>A,</dimIndex>'),
      'R%s',
      'error bad-index P.R%s: dimIndex is "A,", expected such as 0-3, A-D or A,B,C: it is left out',
    ],
    [
      dim(2, 4, '<dimIndex>D-A</dimIndex>'),
      'R%s',
      'error bad-index P.R%s: dimIndex is "D-A", expected such as 0-3, A-D or A,B,C: it is left out',
    ],
    [
      dim(2, 4, '<dimIndex>0-9999999999</dimIndex>'),
      'R%s',
      'error bad-index P.R%s: dimIndex is "0-9999999999", expected such as 0-3, A-D or A,B,C: it is left out',
    ],
  ])('%s of %s is refused', (group, name, issue) => {
    expect(names(registerText(group, name))).toEqual({ names: [], issues: [issue] })
  })

  test('an array with a dimIndex that does not begin at 0 is counted from 0 all the same', () => {
    expect(names(registerText(dim(2, 4, '<dimIndex>1-2</dimIndex>'), 'R[%s]'))).toEqual({
      names: ['R[0] 0', 'R[1] 4'],
      issues: [
        'warning index-of-array P.R[%s]: dimIndex is "1-2", and an array is counted from 0: it is ignored',
      ],
    })
  })

  test('a placeholder that nothing fills, and a dim without one', () => {
    expect(names(registerText('', 'R%s'))).toEqual({
      names: ['R%s 0'],
      issues: ['warning no-dim P.R%s: the name has %s, and dim is missing: it is one element'],
    })
    expect(names(registerText(dim(2, 4), 'R'))).toEqual({
      names: ['R[0] 0', 'R[1] 4'],
      issues: ['warning no-placeholder P.R: the name has no %s, and dim is 2: it is read as [%s]'],
    })
  })

  test('names for the elements of an array (dimArrayIndex)', () => {
    const value = (name: string, number: number) =>
      `<enumeratedValue><name>${name}</name><value>${number}</value></enumeratedValue>`
    const index = `<dimArrayIndex>${value('RX', 0)}${value('TX', 1)}</dimArrayIndex>`
    const { block, issues } = blockOf(registerText(dim(2, 4, index), 'R[%s]'))
    expect(issues).toEqual([])
    const device = { name: 'chip', endian: 'little', blocks: [block] } as const
    expect(find(device, 'P.R[TX]')[0]).toMatchObject({ name: 'R[1]', offset: 4 })
  })

  test('of peripherals, clusters and fields', () => {
    const fields = `<fields><field>${dim(4, 2)}<name>CH%s</name><bitOffset>8</bitOffset><bitWidth>2</bitWidth></field></fields>`
    const cluster = `<cluster>${dim(2, 16)}<name>CL[%s]</name><addressOffset>0</addressOffset>${registerText(fields)}</cluster>`
    const { device, issues } = describedBy(
      deviceText(peripheralText(cluster, 'SMHC[%s]').replace('<name>', `${dim(2, '0x100')}<name>`)),
    )
    expect(issues).toEqual([])
    const [found] = find(device, 'SMHC[1].CL[1].R')
    expect(found?.offset).toBe(0x110)
    const bits = found && fieldsOf(found.register).map(({ name, lsb }) => `${name} ${lsb}`)
    expect(bits).toEqual(['CH0 8', 'CH1 10', 'CH2 12', 'CH3 14'])
  })

  test('2^32 elements cost as much as one', () => {
    const { block, issues } = blockOf(registerText(dim('4294967296', 4), 'R[%s]'))
    expect(issues).toEqual([])
    const device = { name: 'chip', endian: 'little', blocks: [block] } as const
    expect(find(device, 'P.R[4294967295]')[0]?.offset).toBe(4294967295 * 4)
  })

  test('elements closer to each other than they are wide', () => {
    expect(names(registerText(dim(2, 2), 'R%s')).names).toEqual(['R0 0', 'R1 2'])
  })
})

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

describe('where a field is', () => {
  test.each([
    ['<bitRange>[7:4]</bitRange>', 4, 4],
    ['<bitRange>[ 7 : 4 ]</bitRange>', 4, 4],
    ['<bitRange>7:4</bitRange>', 4, 4],
    ['<lsb>4</lsb><msb>7</msb>', 4, 4],
    ['<bitOffset>4</bitOffset><bitWidth>4</bitWidth>', 4, 4],
    ['<bitOffset>0x1F</bitOffset>', 31, 1],
    [
      '<lsb>4</lsb><msb>7</msb><bitRange>[7:4]</bitRange><bitOffset>4</bitOffset><bitWidth>4</bitWidth>',
      4,
      4,
    ],
  ])('%s', (more, lsb, width) => {
    expect(firstField(more)).toEqual({ field: { name: 'F', lsb, width }, issues: [] })
  })

  test.each([
    ['', 'error no-position P.R.F: it has no bitRange, lsb and msb, or bitOffset: it is left out'],
    [
      '<bitRange>[7]</bitRange>',
      'error bad-position P.R.F: bitRange is "[7]", expected such as [7:4]: it is left out',
    ],
    [
      '<bitRange>[4:7]</bitRange>',
      'error bad-position P.R.F: it ends at bit 4, and its lowest bit 7 is above its highest: it is left out',
    ],
    [
      '<bitRange>[70:69]</bitRange>',
      'error bad-position P.R.F: it ends at bit 70, and registers have 64 bits: it is left out',
    ],
    [
      '<lsb>4</lsb>',
      'error bad-position P.R.F: lsb and msb are not both given as numbers: it is left out',
    ],
    [
      '<bitOffset>4</bitOffset><bitWidth>0</bitWidth>',
      'error bad-position P.R.F: bitOffset is 4 and bitWidth 0, of 64 bits: it is left out',
    ],
    ['<bitOffset>x</bitOffset>', 'error not-a-number P.R.F: bitOffset is no number: "x"'],
    [
      '<bitRange>[7:4]</bitRange><bitOffset>3</bitOffset>',
      'error two-positions P.R.F: it is said to have bits 4 to 7 and bits 3 to 3: it is left out',
    ],
    [
      '<bitRange>[32:30]</bitRange>',
      'error field-beyond-register P.R.F: it has bits 30 to 32 of a register of 32: it is left out',
    ],
    [
      `${dim(5, 8)}<bitRange>[7:4]</bitRange>`,
      'error field-beyond-register P.R.F%s: it has bits 4 to 39 of a register of 32: it is left out',
    ],
  ])('%s costs the field alone', (more, issue) => {
    const name = more.startsWith('<dim>') ? 'F%s' : 'F'
    expect(firstField(more, name)).toEqual({ field: undefined, issues: [issue] })
  })
})

describe('names of values', () => {
  const read = (...texts: string[]) => {
    const { field, issues } = firstField(values(...texts))
    return { values: field?.enumerations?.[0]?.values, issues }
  }
  const named = (name: string, value: string) => `<name>${name}</name><value>${value}</value>`

  test.each<[string, EnumeratedValue]>([
    [named('a', '#1xx'), { name: 'a', value: 4n, mask: 0b1100n }],
    [named('a', '0b1x'), { name: 'a', value: 2n, mask: 0b1110n }],
    [named('a', '0xF'), { name: 'a', value: 15n }],
    [named('16-bit', '1'), { name: '16-bit', value: 1n }],
    ['<name>a</name><isDefault>true</isDefault>', { name: 'a' }],
    [
      `<description>one\r\n  two</description>${named('a', '+3')}`,
      { name: 'a', description: 'one two', value: 3n },
    ],
  ])('%s', (text, value) => expect(read(text)).toEqual({ values: [value], issues: [] }))

  test.each([
    [
      [named('a', '16')],
      'error enum-value-too-wide P.R.F: the value of "a", 16, does not fit in 4 bits: it is left out',
      0,
    ],
    [
      [named('a', 'two')],
      'error not-a-number P.R.F: the value of "a" is no number: "two": it is left out',
      0,
    ],
    [
      ['<name>a</name>'],
      'error no-value P.R.F: "a" has neither a value nor isDefault: it is left out',
      0,
    ],
    [['<value>1</value>'], 'error no-name P.R.F: this value has no name: it is left out', 0],
    [
      [named('a', '1'), named('b', '1')],
      'warning enum-value-twice P.R.F: "a" and "b" have one value, 1',
      2,
    ],
    [
      [named('a', '1'), named('a', '2')],
      'warning enum-name-twice P.R.F: two values have the name "a"',
      2,
    ],
  ])('%s', (texts, issue, count) => {
    const { values: found, issues } = read(...texts)
    expect(issues).toEqual([issue])
    expect(found).toHaveLength(count)
  })

  test('one for reading, and one for writing', () => {
    const one = (usage: string, name: string) =>
      `<enumeratedValues>${usage}<enumeratedValue>${named(name, '1')}</enumeratedValue></enumeratedValues>`
    const both = one('<usage>read</usage>', 'busy') + one('<usage>write</usage>', 'start')
    expect(firstField(`<bitOffset>0</bitOffset>${both}`)).toEqual({
      field: {
        ...{ name: 'F', lsb: 0, width: 1 },
        enumerations: [
          { usage: 'read', values: [{ name: 'busy', value: 1n }] },
          { usage: 'write', values: [{ name: 'start', value: 1n }] },
        ],
      },
      issues: [],
    })
    const third = firstField(`<bitOffset>0</bitOffset>${both}${one('', 'more')}`)
    expect(third.field?.enumerations).toHaveLength(2)
    expect(third.issues).toEqual([
      'error enumeration-twice P.R.F: the values of this field have names already: these are left out',
    ])
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
      'error not-a-number P.R: resetValue is no number: "none"',
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
        'warning wider-than-bus P.R: it has 64 bits, and the bus 32: it is accessed with 32 bits',
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
    ['some', 'read-write', ['error unknown-word P.R: access is no word of the format: "some"']],
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
      'error unknown-word P.R: readAction is no word of the format: "eat"',
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

  test('names that begin with a digit, are no identifiers, or stand there twice', () => {
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

describe('devices and peripherals', () => {
  const read = (head: string, peripheral = peripheralText(registerText())) => {
    const description = describedBy(deviceText(peripheral, head))
    return { device: description.device, issues: issuesOf(description) }
  }

  test('offsets are bytes, whatever addressUnitBits says', () => {
    expect(read('<addressUnitBits>32</addressUnitBits>').issues).toEqual([
      'warning address-unit : addressUnitBits is 32: offsets are read as bytes all the same',
    ])
  })

  test('without a name, a size, a cpu', () => {
    const { device, issues } = read('')
    expect(issues).toEqual([])
    expect(device).toMatchObject({ name: 't.svd', endian: 'little' })
    expect(device).not.toHaveProperty('busWidth')
  })

  test('a cpu, and what else the head says', () => {
    const more =
      '<vendor>V</vendor><version>1.0</version><description>A\n chip</description><width>32</width>'
    expect(read(`${more}<cpu><endian>big</endian></cpu>`).device).toMatchObject({
      ...{ vendor: 'V', version: '1.0', description: 'A chip', busWidth: 32, endian: 'big' },
    })
    expect(read('<cpu><endian>selectable</endian></cpu>').issues).toEqual([
      'warning endian : endian is "selectable": it is read as little',
    ])
    expect(read('<width>24</width>').issues).toEqual([
      'warning odd-bus : width is 24 bits: it is ignored',
    ])
  })

  test('no address block, several, one that is none; empty registers; prefixes for C', () => {
    const extent = (offset: string, usage: string) =>
      `<addressBlock><offset>${offset}</offset><size>0x100</size><usage>${usage}</usage></addressBlock>`
    const blocks = extent('0', 'registers') + extent('0x100', 'buffer') + extent('0x200', 'odd')
    const more = `<prependToName>UART_</prependToName>${blocks}<registers/>`
    const { device, issues } = read('', peripheralText('').replace('<registers></registers>', more))
    expect(issues).toEqual([])
    expect(device.blocks[0]).toMatchObject({
      extents: [
        { offset: 0, length: 256, usage: 'registers' },
        { offset: 256, length: 256, usage: 'buffer' },
        { offset: 512, length: 256 },
      ],
      ...{ name: 'P', children: [] },
    })
    expect(read('').device.blocks[0]?.extents).toEqual([])
    expect(
      read('', peripheralText('', 'P').replace('<registers>', `${extent('', '')}<registers>`))
        .issues,
    ).toEqual(['error bad-extent P: this addressBlock has no offset and size: it is left out'])
  })

  test('a peripheral without name or address is left out', () => {
    const text =
      '<peripheral><name>A</name></peripheral><peripheral><baseAddress>0</baseAddress></peripheral>'
    expect(read('', text + peripheralText('', 'GOOD'))).toMatchObject({
      device: { blocks: [{ name: 'GOOD' }] },
      issues: [
        'error no-base A: baseAddress is missing: it is left out',
        'error no-name ?: this peripheral has no name: it is left out',
      ],
    })
  })

  test('a group, an alternate', () => {
    const more =
      '<groupName>UART</groupName><alternatePeripheral>Q</alternatePeripheral><registers>'
    expect(
      read('', peripheralText('').replace('<registers>', more)).device.blocks[0],
    ).toMatchObject({
      ...{ group: 'UART', alternate: 'Q' },
    })
  })

  test('CDATA, a byte order mark, comments that hold registers, CRLF, and extensions', () => {
    const hidden =
      '<!-- <registers></registers> --><description><![CDATA[a <registers> & b]]></description>'
    const text = deviceText(
      `${peripheralText(`${registerText()}<!-- </registers> -->${registerText('', 'S')}`).replace('<registers>', `${hidden}<registers>`)}`,
    ).replace(
      '</device>',
      '<vendorExtensions><x:y xmlns:x="z"><registers/></x:y></vendorExtensions></device>',
    )
    const description = describedBy(
      `\ufeff<?xml version="1.0"?>\r\n${text.replaceAll('><', '>\r\n<')}`,
    )
    expect(issuesOf(description)).toEqual([])
    const [block] = description.device.blocks
    expect(block?.description).toBe('a <registers> & b')
    expect(block?.children.map(({ name }) => name)).toEqual(['R', 'S'])
  })

  test('nothing is read before it is asked for, and then once', () => {
    const bad = peripheralText(registerText('<size>0</size>'))
    const description = describedBy(deviceText(bad))
    expect(description.issues).toEqual([])
    expect(description.device.blocks[0]?.children).toBe(description.device.blocks[0]?.children)
    expect(description.issues).toHaveLength(1)
  })
})
