import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readYaml } from './read.ts'
import { EXAMPLE } from './testing/example.ts'
import {
  blockOf,
  complete,
  fieldOf,
  issuesOf,
  partOf,
  read,
  registerOf,
  sourceOf,
} from './testing/text.ts'

/** A file with one block, whose registers these lines are. */
const block = (registers: string) =>
  `blocks:\n  U:\n    registers:\n${registers.replace(/^/gm, '      ')}`

describe('readYaml', () => {
  const description = read(EXAMPLE)

  it('reads without an issue what is right', () => {
    expect(issuesOf(description)).toEqual([])
    const { name, vendor, version, endian, busWidth } = description.device
    expect([name, vendor, version, endian, busWidth]).toEqual([
      'chip',
      'Example Ltd',
      '1.2',
      'big',
      32,
    ])
  })

  it('reads what tells of which device a block is', () => {
    const { children: _children, ...uart } = blockOf(description, 'uart')
    expect(uart).toEqual({
      name: 'uart',
      description: 'A serial port',
      source: 'DDI 0183, section 3.3',
      matches: {
        compatible: ['arm,pl011', 'arm,sbsa-uart'],
        pci: ['8086:100e'],
        pciClass: ['0700'],
        acpi: ['ARMH0011'],
        within: 'bar0',
      },
      extents: [{ offset: 0, length: 4096 }],
    })
  })

  it('reads a register with its fields, and the names of their values', () => {
    expect(registerOf(description, 'uart.FR')).toEqual({
      kind: 'register',
      name: 'FR',
      offset: 0x18,
      size: 16,
      width: 16,
      access: 'read-only',
      reset: 0x90n,
      readEffect: 'none',
      fields: [
        { name: 'TXFE', lsb: 7, width: 1 },
        { name: 'RXFE', lsb: 4, width: 1, description: 'Nothing to read' },
        {
          name: 'MODE',
          lsb: 1,
          width: 2,
          enumerations: [
            {
              usage: 'read-write',
              values: [
                { name: 'slow', value: 0n },
                { name: 'fast', value: 2n, mask: 2n },
                { name: 'odd' },
              ],
            },
          ],
        },
        {
          name: 'BUSY',
          lsb: 3,
          width: 1,
          access: 'read-only',
          enumerations: [
            {
              name: 'OnOff',
              usage: 'read-write',
              values: [
                { name: 'off', value: 0n },
                { name: 'on', value: 1n, description: 'It works' },
              ],
            },
          ],
        },
      ],
    })
    expect(registerOf(description, 'uart.ICR').fields.map(({ name }) => name)).toEqual([
      'TX',
      'RX',
      'ALL',
    ])
  })

  it('reads what repeats, and registers in registers', () => {
    expect(registerOf(description, 'uart.FIFO[%s]').repeat).toEqual({ count: 4, stride: 4 })
    expect(partOf(description, 'uart.CH[%s]')).toMatchObject({
      kind: 'cluster',
      offset: 0x100,
      repeat: { count: 2, stride: 0x40, names: ['A', 'B'] },
      children: [
        { name: 'ADDR', offset: 0 },
        { name: 'LEN', offset: 4, writeConstraint: { kind: 'range', minimum: 1n, maximum: 64n } },
      ],
    })
  })

  it('takes over the registers of another block, but not what it is found by', () => {
    const uart0 = blockOf(description, 'uart0')
    expect(uart0).toMatchObject({
      base: 0x9000_0000,
      derivedFrom: 'uart',
      description: 'A serial port',
    })
    expect(uart0.matches).toBeUndefined()
    expect(uart0.children.map(({ name }) => name)).toEqual([
      ...blockOf(description, 'uart').children.map(({ name }) => name),
      'EXTRA',
    ])
    expect(registerOf(description, 'uart0.FR')).toMatchObject({
      reset: 0x80n,
      offset: 0x18,
      size: 16,
    })
    expect(fieldOf(description, 'uart0.FR', 'TXFE')).toMatchObject({ lsb: 7 })
  })

  it('takes over a register of the same block, but not where it is', () => {
    const made = read(
      block('A: { offset: 0, access: ro, count: 2, fields: { X: 3 } }\nB: { is: A, offset: 8 }'),
    )
    expect(issuesOf(made)).toEqual([])
    expect(registerOf(made, 'U.B')).toMatchObject({
      offset: 8,
      access: 'read-only',
      fields: [{ name: 'X' }],
    })
    expect(registerOf(made, 'U.B').repeat).toBeUndefined()
  })

  it('makes registers of 2^32 elements without making the elements', () => {
    const made = read(block('A: { offset: 0, count: 4G }'))
    expect(registerOf(made, 'U.A[%s]').repeat).toEqual({ count: 2 ** 32, stride: 4 })
  })

  it.each([
    [
      'A: { offest: 0 }',
      '4:12 error unknown-key U.A: unknown key "offest": did you mean "offset"?',
    ],
    [
      'A: { offset: 0, size: 8 }',
      '4:23 error unknown-key U.A: unknown key "size": a register has a "width", in bits',
    ],
    ['A: { access: rw }', '4:10 error missing U.A: "offset" is missing, such as "offset: 0x10"'],
    ['A: 0x1z', '4:10 error value U.A: offset: "0x1z" is not a number: unexpected "z" after 0x1'],
    ['A: [1]', '4:10 error value U.A: expected an offset, or a mapping with one, came a list'],
    [
      'A: { offset: 0, access: read-olny }',
      '4:31 error value U.A: access: expected one of read-only, read-write, write-only, write-once, read-write-once, ro, rw, wo, came "read-olny": did you mean "read-only"?',
    ],
    [
      'A: { offset: 0, on-read: claer }',
      '4:32 error value U.A: on-read: expected one of none, clear, set, modify, external, came "claer": did you mean "clear"?',
    ],
    [
      'A: { offset: 0, safe: true, on-read: clear }',
      '4:29 error value U.A: safe: a load is said to clear it, by "on-read"',
    ],
    [
      'A: { offset: 2 }',
      '4:20 warning misaligned U.A: offset: 0x2 is not a multiple of 4, the bytes of the register',
    ],
    [
      'A: { offset: 0, width: 8, reset: 0x100 }',
      '4:40 error value-too-wide U.A: reset: 0x100 does not fit in the 8 bits of the register',
    ],
    ['A: { offset: 0, count: 0 }', '4:30 error value U.A: count: expected at least 1, came "0"'],
    [
      'A: { offset: 0, count: 8G }',
      '4:30 error value U.A: count: 8G is too large for a number: the largest is 0x100000000',
    ],
    ['A%s: 0', '4:12 error missing U.A%s: "%s" needs a "count" or "names"'],
    [
      'A: { offset: 0, names: [X, X] }',
      '4:30 error duplicate-name U.A: names: two of them are the same',
    ],
    [
      'A: { offset: 0, names: [X, Y], count: 3 }',
      '4:30 error value U.A: names: expected 3 names, as "count" says, came 2',
    ],
    [
      'A: { offset: 0, registers: { B: 0 }, count: 2 }',
      '4:10 error missing U.A: "stride" is missing, such as "stride: 0x40"',
    ],
    ['A: 0\nA: 4', '5:7 error duplicate-name : "A" is given twice, first in line 4, which counts'],
    [
      'A.B: 0',
      '4:7 error name U: "A.B" is no name of a register: expected letters, digits and _, and once %s or [%s] where it repeats',
    ],
    ['A: { offset: 0, is: B }\nC: 4', '4:27 error unknown-part U.A: is: there is no register "B"'],
    [
      'A: { offset: 0, is: B }\nB: { offset: 4, is: A }',
      '5:27 error circle U.A: is: "A" leads back to where it began',
    ],
    [
      'A: 0\nB: 2',
      '5:10 warning misaligned U.B: offset: 0x2 is not a multiple of 4, the bytes of the register',
    ],
    [
      'A: 0\nB: 0',
      '5:7 warning registers-overlap U.B: it lies where A is: one of them needs "alternate: A"',
    ],
  ])('tells what is wrong with a register: %s', (registers, issue) => {
    expect(issuesOf(read(block(registers)))).toContain(issue)
  })

  it('takes a name with a comma in braces, and tells of one in brackets', () => {
    const { device, issues } = read(
      'blocks: { U: { compatible: arm,pl011,x, size: 8,source: a, registers: {} }, V: { compatible: [arm,pl011], registers: {} } }',
    )
    expect(device.blocks[0]).toMatchObject({
      matches: { compatible: ['arm,pl011,x'] },
      source: 'a',
      extents: [{ length: 8 }],
    })
    expect(issues.map(({ message, column }) => [message, column])).toEqual([
      ['compatible: in a list in brackets, a name with a comma stands in quotes: "arm,pl011"', 94],
    ])
  })

  it('leaves out alone the register that is wrong', () => {
    const made = read(block('A: { offset: 0, on-raed: clear }\nB: 4'))
    expect(blockOf(made, 'U').children.map(({ name }) => name)).toEqual(['B'])
  })

  it('finds no overlap where one is read and the other written, or one is declared', () => {
    const lines =
      'A: { offset: 0, access: ro }\nB: { offset: 0, access: wo }\nC: { offset: 0, alternate: A }'
    expect(issuesOf(read(block(lines)))).toEqual([])
  })

  it.each([
    [
      'X: 4:7',
      'error value U.A.X: bits: 4:7 is reversed: bits are given from high to low, did you mean 7:4?',
    ],
    [
      'X: 32',
      'error field-beyond-register U.A.X: bits: bit 32 does not exist: the register has bits 0 to 31',
    ],
    [
      'X: { bits: 3:0, count: 9 }',
      'error field-beyond-register U.A.X: bits: bit 35 does not exist: the register has bits 0 to 31',
    ],
    ['X: 7:4\n    Y: 5', 'warning fields-overlap U.A.Y: 5 overlaps X, which is 7:4'],
    [
      'X: { bits: 1, values: { a: 2 } }',
      'error value-too-wide U.A.X.a: 2 does not fit in the one bit of the field',
    ],
    [
      'X: { bits: 1, values: { a: 1, b: 1 } }',
      'warning duplicate-value U.A.X.b: a has this value, too',
    ],
    [
      'X: { bits: 1, values: { a: -1 } }',
      'error value U.A.X.a: "-1" is not a number: it takes no sign',
    ],
    [
      'X: { bits: 1, values: Nope }',
      'error value U.A.X: values: expected a mapping from names to values, came "Nope"',
    ],
    ['X: { bit: 1 }', 'error unknown-key U.A.X: unknown key "bit": write "bits"'],
    ['X: {}', 'error missing U.A.X: "bits" is missing, such as "bits: 6:4"'],
    [
      'X: [1]',
      'error value U.A.X: expected bits such as 7 or 6:4, [6:4, "Text"], or a mapping with "bits"',
    ],
    [
      'X: { bits: 1, writes: [3, 1] }',
      'error value U.A.X: writes: expected as-read, values, or the least and the greatest value such as [0, 15], came a list',
    ],
  ])('tells what is wrong with a field: %s', (fields, issue) => {
    const made = issuesOf(read(block(`A:\n  offset: 0\n  fields:\n    ${fields}`)))
    expect(made.map((one) => one.replace(/^\d+:\d+ /, ''))).toContain(issue)
  })

  it.each([
    [
      '{}',
      'a.yaml:1:1: expected a description of registers, with "blocks" (or a board, with "regions"), has neither',
    ],
    [
      '[]',
      'a.yaml:1:1: expected a description of registers, with "blocks" (or a board, with "regions"), came a list',
    ],
    [
      '',
      'a.yaml:1:1: expected a description of registers, with "blocks" (or a board, with "regions"), came nothing',
    ],
    ['blocks: *a', 'a.yaml:1:9: there is no anchor &a before this alias'],
    ['blocks: &a [*a]', 'a.yaml:1:13: the alias *a stands in what it names'],
    ['? [a]\n: b', 'a.yaml:1:3: a key must be a text'],
    [
      'blocks: {',
      'a.yaml:1:10: Flow map in block collection must be sufficiently indented and end with a }',
    ],
    [
      `blocks: ${'['.repeat(100)}${']'.repeat(100)}`,
      'a.yaml:1:72: this goes more than 64 levels deep',
    ],
    [
      `blocks: ${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      'a.yaml:1:1: this goes more than 64 levels deep',
    ],
    ['\u0000', 'a.yaml is not a YAML text: it holds bytes that no text has'],
  ])('refuses what is no description: %.40s', (text, message) => {
    expect(() => readYaml(sourceOf(text))).toThrow(
      expect.objectContaining({ code: 'ESYNTAX', message }),
    )
  })

  it('refuses aliases that stand for more than anybody wrote', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const before = level === 0 ? 'x' : `*l${level - 1}`
      return `l${level}: &l${level} [${Array(10).fill(before).join(', ')}]`
    })
    expect(() => readYaml(sourceOf(levels.join('\n')))).toThrow(
      'a.yaml:6:10: the aliases up to here stand for more than 200000 parts',
    )
  })

  it('stops where registers that are as others come to more than 250,000', () => {
    let inner = '{ r: 0 }'
    for (let level = 0; level < 10; level++) {
      const more = Array.from({ length: 9 }, (_, index) => `c${index}: { offset: ${index}, is: c }`)
      inner = `{ c: { offset: 0, registers: ${inner} }, ${more.join(', ')} }`
    }
    const { issues } = read(`blocks: { U: { registers: ${inner} } }`)
    expect(issues.map(({ code }) => code)).toEqual(['too-many'])
    expect(issues[0]?.message).toBe(
      'all parts of this file are more than 250000: those from here on are left out',
    )
  }, 60_000)

  it('makes the registers of a block only when they are asked for', () => {
    const description = readYaml(sourceOf('blocks: { U: { registers: { A: x } } }'))
    expect(description.issues).toEqual([])
    expect(blockOf(description, 'U').children).toEqual([])
    expect(description.issues).toHaveLength(1)
  })

  it('takes any text: an error or a description', () => {
    const pieces = fc.constantFrom(
      ...[
        'blocks',
        'registers',
        'fields',
        'offset',
        'is',
        'count',
        'values',
        'bits',
        'regions',
        'kind',
      ],
      ...[
        ': ',
        ' ',
        '\n',
        '\n  ',
        '\n    ',
        '{',
        '}',
        '[',
        ']',
        ', ',
        '- ',
        '&a ',
        '*a',
        '"',
        "'",
        '#',
        '|',
        '>',
      ],
      ...[
        '0',
        '7:0',
        '-1',
        '0x',
        '4G',
        '%s',
        '[%s]',
        '<<',
        '? ',
        '!x ',
        '\u0000',
        '\r',
        '\t',
        '__proto__',
      ],
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (texts) => survives(texts.join(''))),
      { numRuns: 1000 },
    )
  })

  it('takes an example with any of its letters changed', () => {
    const letter = fc.constantFrom(...' \n:{}[],"\'&*-0x9%aA_#|>', '')
    const change = fc.tuple(fc.nat(EXAMPLE.length), fc.nat(12), letter)
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let text = EXAMPLE
        for (const [at, length, one] of changes)
          text = text.slice(0, at) + one + text.slice(at + length)
        survives(text)
      }),
      { numRuns: 500 },
    )
  })
})

function survives(text: string) {
  try {
    const { device, issues } = complete(readYaml(sourceOf(text)))
    expect(Array.isArray(device.blocks)).toBe(true)
    for (const { line, column } of issues) expect(Math.min(line, column)).toBeGreaterThan(0)
  } catch (error) {
    expect(error).toMatchObject({ name: 'RequestError', code: 'ESYNTAX' })
  }
}
