import { describe, expect, it } from 'vitest'
import { block, blockOf, issuesOf, read } from './testing/text.ts'

describe('readYaml', () => {
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
    ['A: [1]', '4:10 error value U.A: expected an offset, or a mapping with one, got a list'],
    [
      'A: { offset: 0, access: read-olny }',
      '4:31 error value U.A: access: expected one of read-only, read-write, write-only, write-once, read-write-once, ro, rw, wo, got "read-olny": did you mean "read-only"?',
    ],
    [
      'A: { offset: 0, on-read: claer }',
      '4:32 error value U.A: on-read: expected one of none, clear, set, modify, external, fault, got "claer": did you mean "clear"?',
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
    ['A: { offset: 0, count: 0 }', '4:30 error value U.A: count: expected at least 1, got "0"'],
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
      '4:30 error value U.A: names: expected 3 names, as "count" says, got 2',
    ],
    [
      'A: { offset: 0, registers: { B: 0 }, count: 2 }',
      '4:10 error missing U.A: "stride" is missing, such as "stride: 0x40"',
    ],
    ['A: 0\nA: 4', '5:7 error duplicate-name : "A" is given twice: the first, in line 4, counts'],
    [
      'A.B: 0',
      '4:7 error name U: "A.B" is not a name of a register: expected letters, digits and _, and once %s or [%s] where it repeats',
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
      '5:7 warning registers-overlap U.B: it overlaps A: one of them needs "alternate: A"',
    ],
  ])('says what is wrong with a register: %s', (registers, issue) => {
    expect(issuesOf(read(block(registers)))).toContain(issue)
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
      'error value U.A.X: values: expected a mapping from names to values, got "Nope"',
    ],
    ['X: { bit: 1 }', 'error unknown-key U.A.X: unknown key "bit": write "bits"'],
    ['X: {}', 'error missing U.A.X: "bits" is missing, such as "bits: 6:4"'],
    [
      'X: [1]',
      'error value U.A.X: expected bits such as 7 or 6:4, [6:4, "Text"], or a mapping with "bits"',
    ],
    [
      'X: { bits: 1, writes: [3, 1] }',
      'error value U.A.X: writes: expected as-read, values, or the least and the greatest value such as [0, 15], got a list',
    ],
  ])('says what is wrong with a field: %s', (fields, issue) => {
    const made = issuesOf(read(block(`A:\n  offset: 0\n  fields:\n    ${fields}`)))
    expect(made.map((one) => one.replace(/^\d+:\d+ /, ''))).toContain(issue)
  })
})
