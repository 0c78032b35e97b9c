import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatHex, parseAddress, parseNumber, parseOffset, parseSize } from './number.ts'
import { texts } from './testing/arbitraries.ts'
import { acceptedBy, refused } from './testing/refused.ts'

describe('parseNumber', () => {
  test.each([
    ['0', 0n],
    ['31', 31n],
    ['0x1f', 31n],
    ['0X1F', 31n],
    ['0b101', 5n],
    ['0B101', 5n],
    ['0o17', 15n],
    ['0O17', 15n],
    ['1_000_000', 1_000_000n],
    ['0xdead_beef', 0xdeadbeefn],
    ['0x0010', 16n],
    ['0xffff_ffff_ffff_ffff_f', 0xfffffffffffffffffn],
  ])('%s', (text, expected) => {
    expect(parseNumber(text)).toBe(expected)
  })

  test.each([
    ['', 'it is empty'],
    [' 5', 'it has blanks around it'],
    ['5 ', 'unexpected " " after 5'],
    ['-5', 'it takes no sign'],
    ['+5', 'it takes no plus sign'],
    ['zzz', 'expected a number such as 0x1f, 0b101, 0o17 or 31'],
    ['_1', 'expected a number such as 0x1f, 0b101, 0o17 or 31'],
    ['0x', 'no digits after 0x'],
    ['0xg', 'unexpected "g" after 0x'],
    ['0x5oops', 'unexpected "oops" after 0x5'],
    ['0b12', 'unexpected "2" after 0b1'],
    ['0o8', 'unexpected "8" after 0o'],
    ['1.5', 'unexpected ".5" after 1'],
    ['0x10\u200b', 'unexpected "\\u{200b}" after 0x10'],
    ['fed0', 'did you mean 0xfed0?'],
    ['1f', 'unexpected "f" after 1, did you mean 0x1f?'],
    ['1fh', 'unexpected "fh" after 1, did you mean 0x1f?'],
    ['0x_1', '"_" may only stand between two digits'],
    ['1_', '"_" may only stand between two digits'],
    ['1__0', '"_" may only stand between two digits'],
    ['4k', 'a number takes no size suffix, did you mean 4096?'],
    ['00', 'the leading zero is ambiguous, write 0'],
    ['010', 'the leading zero is ambiguous, write 10, 0o10 or 0x10'],
    ['09000018', 'the leading zero is ambiguous, write 9000018 or 0x9000018'],
  ])('refuses %j', (text, why) => {
    const shown = text.replace('\u200b', '\\u{200b}')
    expect(refused(() => parseNumber(text))).toBe(`ESYNTAX "${shown}" is not a number: ${why}`)
  })

  test('shortens a long text in its message', () => {
    const text = `${'1'.repeat(60)}oops${'2'.repeat(60)}`
    expect(refused(() => parseNumber(text))).toBe(
      `ESYNTAX "${'1'.repeat(39)}…${'2'.repeat(39)}" is not a number: ` +
        `unexpected "oops${'2'.repeat(60)}" after ${'1'.repeat(60)}`,
    )
  })
})

describe('addresses and lengths', () => {
  test.each([
    ['4k', 4096],
    ['4K', 4096],
    ['1M', 0x10_0000],
    ['2G', 0x8000_0000],
    ['0x10k', 0x4000],
    ['0b11M', 0x30_0000],
    ['0xfffffffffffff', 2 ** 52 - 1],
  ])('%s', (text, expected) => {
    expect(parseAddress(text)).toBe(expected)
    expect(parseOffset(text)).toBe(expected)
    expect(parseSize(text)).toBe(expected)
  })

  test('a length may be 2^52', () => {
    expect(parseSize('0x10000000000000')).toBe(2 ** 52)
  })

  test.each([
    [parseAddress, '0x10000000000000', 'an address: the largest is 0xfffffffffffff'],
    [parseOffset, '4194304G', 'an offset: the largest is 0xfffffffffffff'],
    [parseSize, '0x10000000000001', 'a length: the largest is 0x10000000000000'],
  ])('%o refuses %s', (parse, text, why) => {
    expect(refused(() => parse(text))).toBe(`ERANGE ${text} is too large for ${why}`)
  })

  test.each([
    ['1m', 'unexpected "m" after 1, did you mean 1M?'],
    ['1g', 'unexpected "g" after 1, did you mean 1G?'],
    ['1MiB', 'unexpected "MiB" after 1, did you mean 1M?'],
    ['4kB', 'unexpected "kB" after 4, did you mean 4k?'],
    ['4T', 'unexpected "T" after 4'],
    ['k', 'expected a number such as 0x1f, 0b101, 0o17 or 4k'],
    ['010k', 'the leading zero is ambiguous, write 10k, 0o10k or 0x10k'],
  ])('refuses %j', (text, why) => {
    expect(refused(() => parseSize(text))).toBe(`ESYNTAX "${text}" is not a length: ${why}`)
  })
})

describe('properties', () => {
  const written = fc
    .record({
      number: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      base: fc.constantFrom({ radix: 10, prefix: '' }, ...prefixed()),
      upper: fc.boolean(),
      gap: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ number, base, upper, gap }) => {
      const digits = number.toString(base.radix).replace(new RegExp(`(.{${gap}})(?=.)`, 'g'), '$1_')
      const text = base.prefix + digits
      return { number, text: upper ? text.toUpperCase() : text }
    })

  test('every way to write a number gives that number', () => {
    fc.assert(
      fc.property(written, ({ number, text }) => {
        expect(parseNumber(text)).toBe(number)
      }),
      { numRuns: 2000 },
    )
  })

  test('whatever is accepted is what JavaScript reads, and anything else is a RequestError', () => {
    fc.assert(
      fc.property(
        fc.oneof(texts, fc.string({ unit: fc.constantFrom(...'0123xbokMGafF_') })),
        (text) => {
          const number = acceptedBy(() => parseNumber(text, { suffix: true }))
          if (number === undefined) return
          const factors: Record<string, bigint> = { k: 1024n, M: 1024n ** 2n, G: 1024n ** 3n }
          const suffix = /[kKMG]$/.exec(text)?.[0] ?? ''
          const factor = factors[suffix.replace('K', 'k')] ?? 1n
          const digits = text
            .slice(0, text.length - suffix.length)
            .replaceAll('_', '')
            .toLowerCase()
          expect(number).toBe(BigInt(digits) * factor)
          expect(parseNumber(formatHex(number))).toBe(number)
        },
      ),
      { numRuns: 4000 },
    )
  })
})

function prefixed() {
  return [
    { radix: 16, prefix: '0x' },
    { radix: 8, prefix: '0o' },
    { radix: 2, prefix: '0b' },
  ]
}

test('formatHex pads to the width', () => {
  expect(formatHex(0xed, 32)).toBe('0x000000ed')
  expect(formatHex(0xedn, 64)).toBe('0x00000000000000ed')
  expect(formatHex(0xed)).toBe('0xed')
})
