import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as arbitrary from '../text/testing/arbitraries.ts'
import { acceptedBy, refused } from '../text/testing/refused.ts'
import { formatOperand, type Operand, parseOperand } from './operand.ts'
import {
  formatRange,
  type OpenRange,
  parseOperandOrRange,
  parseRange,
  parseRangeOrPlace,
  parseStart,
  type Range,
  rangeEnd,
} from './range.ts'
import { registersOf } from './registers.ts'
import type { Place } from './schemes/index.ts'
import { places } from './testing/places.ts'

const format = (parsed: Operand | Range | OpenRange) =>
  parsed.kind === 'operand' ? formatOperand(parsed) : formatRange(parsed)

describe('operands', () => {
  test.each([
    ['0x09000018', { kind: 'operand', place: { scheme: 'address', offset: 0x900_0018 } }],
    [
      '0x09000018:7:4',
      {
        kind: 'operand',
        place: { scheme: 'address', offset: 0x900_0018 },
        bits: { high: 7, low: 4 },
      },
    ],
    [
      'file:x:3+1:5',
      {
        kind: 'operand',
        place: { scheme: 'file', path: 'x:3', offset: 1 },
        bits: { high: 5, low: 5 },
      },
    ],
    [
      'file:x:5',
      {
        kind: 'operand',
        place: { scheme: 'file', path: 'x', offset: 0 },
        bits: { high: 5, low: 5 },
      },
    ],
    [
      'file:../dump.bin',
      { kind: 'operand', place: { scheme: 'file', path: '../dump.bin', offset: 0 } },
    ],
  ] as [string, Operand][])('%s', (text, operand) => {
    expect(parseOperand(text)).toEqual(operand)
    expect(parseOperandOrRange(text)).toEqual(operand)
  })

  test('bits of a BAR', () => {
    const operand = parseOperand('pci:00:04.0/bar0_wc+0x10:7:4')
    expect(operand.bits).toEqual({ high: 7, low: 4 })
    expect(formatOperand(operand)).toBe('pci:0000:00:04.0/bar0_wc+0x10:7:4')
  })

  test.each([
    ['0x10:4:7', 'ERANGE 4:7 is reversed: bits are given from high to low, did you mean 7:4?'],
    ['0x10:0x5', 'ESYNTAX "0x5" is not a bit: expected a decimal number from 0 to 63'],
    ['0x10:', 'ESYNTAX in "0x10:", "" is not a bit: expected a decimal number from 0 to 63'],
    ['0x10..+4', 'ESYNTAX "0x10..+4" is not one place: no range is taken here, leave out "..+4"'],
  ])('refuses %j', (text, message) => {
    expect(refused(() => parseOperand(text))).toBe(message)
  })
})

describe('ranges', () => {
  test.each([
    ['0x09000fe0..+32', '0x9000fe0..+0x20', 0x900_1000],
    ['0x10..0x20', '0x10..+0x10', 0x20],
    ['0x10+0x10..0x20+0x10', '0x20..+0x10', 0x30],
    ['1G..+1M', '0x40000000..+0x100000', 0x4010_0000],
    ['0xfffffffffffff..+1', '0xfffffffffffff..+0x1', 2 ** 52],
    ['pci:00:04.0/bar0+0x10..0x20', 'pci:0000:00:04.0/bar0+0x10..+0x10', 0x20],
    ['uio:edu/regs..4k', 'uio:edu/regs..+0x1000', 0x1000],
    ['file:../a.bin+0x10..+32', 'file:../a.bin+0x10..+0x20', 0x30],
    ['file:a..5', 'file:a..+0x5', 5],
    ['file:a...5', 'file:a...+0x5', 5],
    ['file:a...+5', 'file:a...+0x5', 5],
    ['file:a..5+0..+4', 'file:a..5+0x0..+0x4', 4],
  ])('%s', (text, canonical, end) => {
    const range = parseRange(text)
    expect(formatRange(range)).toBe(canonical)
    expect(parseOperandOrRange(text)).toEqual(range)
    expect(parseRangeOrPlace(text)).toEqual(range)
    expect(range.kind === 'range' && rangeEnd(range)).toBe(end)
  })

  test.each([
    ['0x10..', '0x10..'],
    ['pci:00:04.0/bar0+0x100..', 'pci:0000:00:04.0/bar0+0x100..'],
    ['file:a..', 'file:a..'],
    ['file:a...', 'file:a...'],
    ['dt:serial0..', 'dt:serial0..'],
    ['iomem:"HPET 0"..', 'iomem:"HPET 0"..'],
  ])('%s has an open end', (text, canonical) => {
    const range = parseRange(text)
    expect(range.kind).toBe('open')
    expect(formatRange(range as OpenRange)).toBe(canonical)
    expect(parseOperandOrRange(text)).toEqual(range)
    expect(parseRangeOrPlace(text)).toEqual(range)
  })

  test('a place alone', () => {
    const place = { scheme: 'file', path: 'a', offset: 16 }
    expect(parseRangeOrPlace('file:a+16')).toEqual({ kind: 'place', place })
    expect(refused(() => parseRangeOrPlace('0x10:5'))).toBe(
      'ESYNTAX "0x10:5" is not a place: no bits are taken here, leave out ":5"',
    )
  })

  test.each([
    ['0x20..0x10', 'it ends before it starts, did you mean 0x10..0x20?'],
    ['0x10000000..16', 'it ends before it starts, did you mean 0x10000000..+16?'],
    ['0x10000000..4k', 'it ends before it starts, did you mean 0x10000000..+4k?'],
    ['0xfffffffffffff..2', 'it ends before it starts'],
    [
      'pci:00:04.0/bar0+0x20..0x10',
      'it ends before it starts, did you mean pci:0000:00:04.0/bar0+0x10..0x20?',
    ],
    ['0x40000000..40001000', 'it ends before it starts, did you mean 0x40000000..0x40001000?'],
    ['0x2000..3000', 'it ends before it starts, did you mean 0x2000..0x3000?'],
    [
      'file:dump.bin+0x100..200',
      'it ends before it starts, did you mean file:dump.bin+0x100..0x200?',
    ],
    ['0x40000000..30000000', 'it ends before it starts'],
    ['0x40000000..4000100', 'it ends before it starts'],
    ['0x40000000..65536', 'it ends before it starts, did you mean 0x40000000..+65536?'],
  ])('refuses reversed %s', (text, why) => {
    expect(refused(() => parseRange(text))).toBe(`ERANGE "${text}" is reversed: ${why}`)
  })

  test.each(['0x20..0x20', '0x20..+0'])('refuses empty %s', (text) => {
    expect(refused(() => parseRange(text))).toBe(
      `ERANGE "${text}" is empty: one byte would be 0x20..+0x1`,
    )
  })

  test.each([
    ['0x10', 'ESYNTAX "0x10" is not a range: expected A..B or A..+LENGTH, such as 0x10..+0x100'],
    [
      '0xfffffffffffff..+2',
      'ERANGE "0xfffffffffffff..+2" ends too high: the largest end is 0x10000000000000',
    ],
    [
      '0x10..0x10000000000001',
      'ERANGE 0x10000000000001 is too large for the end of a range: ' +
        'the largest is 0x10000000000000',
    ],
    [
      '0x10..zzz',
      'ESYNTAX "zzz" is not the end of a range: ' +
        'expected a number such as 0x1f, 0b101, 0o17 or 4k',
    ],
    [
      '0x10..0x20..0x30',
      'ESYNTAX "0x20..0x30" is not the end of a range: unexpected "..0x30" after 0x20',
    ],
    ['file:..', 'ESYNTAX "file:" is not a file place: it names no path, such as file:./dump.bin'],
    ['0x10..+', 'ESYNTAX in "0x10..+", "" is not a length: it is empty'],
    [
      '0x10:5..+8',
      'ESYNTAX "0x10:5..+8" is not a range: a range covers whole bytes, leave out ":5"',
    ],
    [
      '0x10..+8:5',
      'ESYNTAX "0x10..+8:5" is not a range: a range covers whole bytes, leave out ":5"',
    ],
    [
      'file:a:5..+8',
      'ESYNTAX "file:a:5..+8" is not a range: a range covers whole bytes, leave out ":5" ' +
        '(a path that ends in ":5" is written file:a:5+0)',
    ],
    ['pci:00:04.0/bar0..zzz', 'ESYNTAX "bar0..zzz" is not a BAR: unexpected "..zzz" after bar0'],
  ])('refuses %j', (text, message) => {
    expect(refused(() => parseRange(text))).toBe(message)
  })
})

describe('registers', () => {
  const why =
    'model-specific registers are not bytes, and a length could count either: name them one by one, or use --count of read'

  test.each(['msr:0x10..0x12', 'msr:0x10..+2', 'msr:cpu1:0x10..'])('have no range %s', (text) => {
    for (const parse of [parseRange, parseOperandOrRange, parseRangeOrPlace]) {
      expect(refused(() => parse(text))).toBe(`ESYNTAX "${text}" is not a range: ${why}`)
    }
  })

  test('begin none either', () => {
    for (const parse of [parseRange, parseRangeOrPlace, parseStart]) {
      expect(refused(() => parse('msr:0x10'))).toBe(`ESYNTAX "msr:0x10" is not a range: ${why}`)
    }
    expect(parseStart('0x10')).toEqual({ scheme: 'address', offset: 0x10 })
  })

  test('have bits, behind the colons of the place', () => {
    expect(parseOperandOrRange('msr:cpu1:0x1b:11')).toEqual({
      kind: 'operand',
      place: { scheme: 'msr', cpu: 1, offset: 0xd8 },
      bits: { high: 11, low: 11 },
    })
    expect(format(parseOperandOrRange('msr:0x1b:47:12'))).toBe('msr:0x1b:47:12')
    expect(format(parseOperandOrRange('regmap:a:5/0x1:15:8'))).toBe('regmap:a:5/0x1:15:8')
  })
})

describe('properties', () => {
  const operands: fc.Arbitrary<Operand> = fc
    .tuple(places, fc.option(arbitrary.bits))
    .map(([place, bits]) => ({ kind: 'operand', place, ...(bits === null ? {} : { bits }) }))
  const endOf = (place: Place) => (place.scheme === 'i2c' ? 2 ** place.registerBits : 2 ** 52)
  const stretches = places.filter((place) => registersOf(place) === undefined)
  const ranges: fc.Arbitrary<Range> = fc
    .tuple(stretches, arbitrary.offsets)
    .map(([place, most]) => ({
      kind: 'range',
      place,
      length: Math.max(1, Math.min(most, endOf(place) - place.offset)),
    }))

  const openRanges: fc.Arbitrary<OpenRange> = stretches.map((place) => ({ kind: 'open', place }))

  test('what is formatted parses to the same', () => {
    fc.assert(
      fc.property(fc.oneof(operands, ranges, openRanges), (data) => {
        expect(parseOperandOrRange(format(data))).toEqual(data)
      }),
      { numRuns: 4000 },
    )
  })

  test('A..B is A..+(B-A)', () => {
    fc.assert(
      fc.property(ranges, (range) => {
        const end = `0x${rangeEnd(range).toString(16)}`
        const text = formatRange(range).replace(/\.\.\+0x[0-9a-f]+$/, `..${end}`)
        expect(parseRange(text)).toEqual(range)
      }),
      { numRuns: 2000 },
    )
  })

  test('any text is refused by a RequestError, or its canonical form means the same', () => {
    fc.assert(
      fc.property(arbitrary.texts, (text) => {
        const data = acceptedBy(() => parseOperandOrRange(text))
        if (data === undefined) return
        expect(parseOperandOrRange(format(data))).toEqual(data)
        expect(format(parseOperandOrRange(format(data)))).toBe(format(data))
        const only = acceptedBy(() => (data.kind === 'operand' ? parseOperand : parseRange)(text))
        expect(only).toEqual(data)
      }),
      { numRuns: 4000 },
    )
  })
})
