import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Width } from '../base/width.ts'
import { refused } from '../text/testing/refused.ts'
import {
  checkValue,
  formatLiteral,
  literalValue,
  parseLiteral,
  parseValue,
  parseWidth,
  swapValue,
} from './value.ts'

describe('parseValue', () => {
  test.each([
    ['0x41', 0x41n],
    ['0xffffffffffffffff', 0xffff_ffff_ffff_ffffn],
  ])('%s', (text, value) => {
    expect(parseValue(text)).toBe(value)
  })

  test.each([
    ['0x5oops', 'ESYNTAX "0x5oops" is not a value: unexpected "oops" after 0x5'],
    ['-1', 'ESYNTAX "-1" is not a value: it takes no sign'],
    ['4k', 'ESYNTAX "4k" is not a value: a value takes no size suffix, did you mean 4096?'],
    [
      '0x1_0000_0000_0000_0000',
      'EVALUE 0x10000000000000000 does not fit in 64 bits (largest: 0xffffffffffffffff)',
    ],
    [
      '9'.repeat(100),
      'EVALUE a number of more than 256 bits does not fit in 64 bits (largest: 0xffffffffffffffff)',
    ],
  ])('refuses %s', (text, message) => {
    expect(refused(() => parseValue(text))).toBe(message)
  })
})

describe('literals', () => {
  test.each([
    ['-1', 8, 0xff],
    ['-1', 64, 0xffff_ffff_ffff_ffffn],
    ['-0x80', 8, 0x80],
    ['-0', 8, 0],
    ['~1', 16, 0xfffe],
    ['~0xff', 8, 0],
    ['~0', 32, 0xffff_ffff],
    ['5', 8, 5],
  ] as [string, Width, number | bigint][])('%s in %d bits', (text, width, value) => {
    const literal = parseLiteral(text)
    expect(literalValue(literal, width)).toBe(value)
    expect(parseLiteral(formatLiteral(literal))).toEqual(literal)
  })

  test('in bits', () => {
    expect(literalValue(parseLiteral('-1'), { high: 6, low: 4 })).toBe(7)
    expect(literalValue(parseLiteral('~1'), { high: 6, low: 4 })).toBe(6)
    expect(literalValue(parseLiteral('-1'), { high: 5, low: 5 })).toBe(1)
  })

  test.each([
    ['-129', 'EVALUE -0x81 does not fit in 8 bits (smallest: -0x80)'],
    ['~0x100', 'EVALUE 0x100 does not fit in 8 bits (largest: 0xff)'],
    ['256', 'EVALUE 0x100 does not fit in 8 bits (largest: 0xff)'],
  ])('refuses %s in 8 bits', (text, message) => {
    expect(refused(() => literalValue(parseLiteral(text), 8))).toBe(message)
  })

  test.each([
    ['--1', 'ESYNTAX "--1" is not a value: it has more than one sign'],
    ['~~1', 'ESYNTAX "~~1" is not a value: it has more than one sign'],
    ['+~1', 'ESYNTAX "+~1" is not a value: it has more than one sign'],
    // What bash and zsh make of ~0.
    [
      '/home/me',
      `ESYNTAX "/home/me" is not a value: it is a path, which a shell puts for ~0 and its like: quote them, as '~0'`,
    ],
  ])('refuses %s', (text, message) => {
    expect(refused(() => parseLiteral(text))).toBe(message)
  })

  test.each(['-', '~', '--1', '-~1', '~4k', '- 1'])('refuses %j', (text) => {
    expect(refused(() => parseLiteral(text))).toContain('is not a value')
  })
})

describe('checkValue', () => {
  test('gives numbers up to 32 bits, bigints above', () => {
    expect(checkValue(0xffn, 8)).toBe(0xff)
    expect(checkValue(0xffff_ffffn, 32)).toBe(0xffff_ffff)
    expect(checkValue(1, 64)).toBe(1n)
    expect(checkValue(3n, { high: 7, low: 4 })).toBe(3)
    expect(checkValue(3, { high: 39, low: 0 })).toBe(3n)
  })

  test.each([
    [0x1ff, 8, 'EVALUE 0x1ff does not fit in 8 bits (largest: 0xff)'],
    [0x1_0000_0000n, 32, 'EVALUE 0x100000000 does not fit in 32 bits (largest: 0xffffffff)'],
    [0x1f, { high: 7, low: 4 }, 'EVALUE 0x1f does not fit in bits 7:4 (largest: 0xf)'],
    [2, { high: 3, low: 3 }, 'EVALUE 0x2 does not fit in bit 3 (largest: 0x1)'],
    [-1, 8, 'EVALUE -1 does not fit in 8 bits (smallest: 0)'],
    [1.5, 8, 'EVALUE 1.5 is not an exact value: expected a whole number'],
    [Number.NaN, 8, 'EVALUE NaN is not an exact value: expected a whole number'],
    [2 ** 60, 64, 'EVALUE 1152921504606847000 is not an exact value: give it as a bigint'],
  ] as const)('refuses %s for %o', (value, room, message) => {
    expect(refused(() => checkValue(value, room))).toBe(message)
  })
})

test('parseWidth', () => {
  expect(['8', '16', '32', '64'].map(parseWidth)).toEqual([8, 16, 32, 64])
  expect(refused(() => parseWidth('24'))).toBe(
    'ESYNTAX "24" is not a width: expected 8, 16, 32 or 64',
  )
})

describe('swapValue', () => {
  test.each([
    [0x12, 8, 0x12],
    [0x1234, 16, 0x3412],
    [0x1234_5678, 32, 0x7856_3412],
    [0xff, 32, 0xff00_0000],
    [0x0102_0304_0506_0708n, 64, 0x0807_0605_0403_0201n],
    [1, 64, 1n << 56n],
  ] as const)('%s at %d bits', (value, width, swapped) => {
    expect(swapValue(value, width)).toBe(swapped)
  })

  test('agrees with DataView', () => {
    const view = new DataView(new ArrayBuffer(8))
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (value) => {
        view.setBigUint64(0, value, true)
        const expected: [Width, unknown, unknown][] = [
          [16, view.getUint16(0, true), view.getUint16(0)],
          [32, view.getUint32(0, true), view.getUint32(0)],
          [64, value, view.getBigUint64(0)],
        ]
        for (const [width, plain, swapped] of expected) {
          expect(swapValue(plain as number | bigint, width)).toBe(swapped)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
