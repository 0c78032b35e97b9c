import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bitsMask, checkBits, extractBits, formatBits, parseBits, placeBits } from './bits.ts'
import * as arbitrary from './testing/arbitraries.ts'
import { refused } from './testing/refused.ts'

describe('parseBits', () => {
  test.each([
    ['5', { high: 5, low: 5 }],
    ['7:4', { high: 7, low: 4 }],
    ['63:0', { high: 63, low: 0 }],
    ['5:5', { high: 5, low: 5 }],
  ])('%s', (text, bits) => {
    expect(parseBits(text)).toEqual(bits)
  })

  test.each([
    ['', 'ESYNTAX "" is not a bit: expected a decimal number from 0 to 63'],
    ['x', 'ESYNTAX "x" is not a bit: expected a decimal number from 0 to 63'],
    ['0x5', 'ESYNTAX "0x5" is not a bit: expected a decimal number from 0 to 63'],
    ['07', 'ESYNTAX "07" is not a bit: expected a decimal number from 0 to 63'],
    ['7:', 'ESYNTAX in "7:", "" is not a bit: expected a decimal number from 0 to 63'],
    ['4:7', 'ERANGE 4:7 is reversed: bits are given from high to low, did you mean 7:4?'],
    ['4-7', 'ESYNTAX "4-7" is not a bit or bits: did you mean 7:4?'],
    ['64', 'ERANGE bit 64 does not exist: bits are numbered from 0 to 63'],
    [
      '1:2:3',
      'ESYNTAX "1:2:3" is not a bit or bits: expected one bit such as 5, or high:low such as 7:4',
    ],
  ])('refuses %j', (text, message) => {
    expect(refused(() => parseBits(text))).toBe(message)
  })
})

describe('checkBits', () => {
  test('accepts bits inside the access', () => {
    checkBits({ high: 31, low: 0 }, 32)
    checkBits({ high: 63, low: 63 }, 64)
  })

  test('refuses bits beyond it, with the width that has them', () => {
    expect(refused(() => checkBits({ high: 8, low: 4 }, 8))).toBe(
      'ERANGE bit 8 does not exist: an 8-bit access has bits 0 to 7 (or --width 16)',
    )
    // A wider access is none where the address is no multiple of it.
    expect(refused(() => checkBits({ high: 40, low: 40 }, 32, 0x14))).toBe(
      'ERANGE bit 40 does not exist: a 32-bit access has bits 0 to 31',
    )
    expect(refused(() => checkBits({ high: 9, low: 9 }, 8, 0x12))).toBe(
      'ERANGE bit 9 does not exist: an 8-bit access has bits 0 to 7 (or --width 16)',
    )
    expect(refused(() => checkBits({ high: 40, low: 40 }, 32))).toBe(
      'ERANGE bit 40 does not exist: a 32-bit access has bits 0 to 31 (or --width 64)',
    )
  })
})

test('mask, extract and place agree', () => {
  expect(bitsMask({ high: 7, low: 4 }, 32)).toBe(0xf0)
  expect(bitsMask({ high: 31, low: 31 }, 32)).toBe(0x8000_0000)
  expect(bitsMask({ high: 63, low: 0 }, 64)).toBe(0xffff_ffff_ffff_ffffn)
  expect(extractBits(0xffff_ff3f, { high: 7, low: 4 })).toBe(3)
  expect(placeBits(3, { high: 7, low: 4 }, 32)).toBe(0x30)
  fc.assert(
    fc.property(arbitrary.bits, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (bits, value) => {
      const field = extractBits(value, bits)
      expect(placeBits(field, bits, 64)).toBe(value & BigInt(bitsMask(bits, 64)))
    }),
    { numRuns: 2000 },
  )
})

test('what is formatted parses to the same', () => {
  fc.assert(
    fc.property(arbitrary.bits, (bits) => {
      expect(parseBits(formatBits(bits))).toEqual(bits)
    }),
    { numRuns: 2000 },
  )
})

describe('the types of bits in values', () => {
  test('are numbers up to 32 bits, as what is read and written', () => {
    const bits = { high: 5, low: 4 }
    const numbers: number[] = [bitsMask(bits, 32), placeBits(3, bits, 8), extractBits(0x30, bits)]
    const wide: bigint[] = [bitsMask(bits, 64), placeBits(3, bits, 64)]
    expect([numbers, wide]).toEqual([
      [0x30, 0x30, 3],
      [0x30n, 0x30n],
    ])
    expect(extractBits(2 ** 40, { high: 47, low: 0 })).toBe(2 ** 40)
    expect(extractBits(2n ** 40n, { high: 47, low: 0 })).toBe(2n ** 40n)
  })
})
