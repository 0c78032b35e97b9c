import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasLeadingZeros, parseNumber, parsePattern } from './numbers.ts'

test.each([
  ['0', 0n],
  ['42', 42n],
  ['+42', 42n],
  ['0x1F', 0x1fn],
  ['0X1f', 0x1fn],
  ['#101', 5n],
  ['0b101', 5n],
  ['0B101', 5n],
  ['4k', 4096n],
  ['0x10K', 0x4000n],
  ['1m', 1n << 20n],
  ['2G', 2n << 30n],
  ['1T', 1n << 40n],
  ['00000010', 10n],
  ['0xffffffffffffffff', 2n ** 64n - 1n],
  ['18446744073709551615', 2n ** 64n - 1n],
])('%s is a number', (text, value) => expect(parseNumber(text)).toBe(value))

test.each([
  '',
  '1F',
  '0x',
  '#2',
  '0b12',
  '-1',
  '1 2',
  '1.5',
  '4kk',
  '0x1g2',
  '#',
  'x',
  `0x${'0'.repeat(200)}`,
])('"%s" is none', (text) => expect(parseNumber(text)).toBeUndefined())

test.each([
  ['00000010', true],
  ['010', true],
  ['10', false],
  ['0', false],
  ['00', false],
  ['0x010', false],
])('%s may be read in two bases: %s', (text, is) => expect(hasLeadingZeros(text)).toBe(is))

test.each([
  ['#1xx', { value: 4n, any: 3n }],
  ['0b1x', { value: 2n, any: 1n }],
  ['0bX01', { value: 1n, any: 4n }],
  ['#xx', { value: 0n, any: 3n }],
  ['#101', { value: 5n, any: 0n }],
  ['0x3', { value: 3n, any: 0n }],
  ['7', { value: 7n, any: 0n }],
  ['1xx', undefined],
  ['0x1x', undefined],
])('%s is the value of an enumeration, or none', (text, expected) =>
  expect(parsePattern(text)).toEqual(expected),
)

test('every number is read as it is written, and no text crashes', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
      expect(parseNumber(`${value}`)).toBe(value)
      expect(parseNumber(`0x${value.toString(16)}`)).toBe(value)
      expect(parseNumber(`#${value.toString(2)}`)).toBe(value)
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseNumber(text)
      parsePattern(text)
    }),
  )
})
