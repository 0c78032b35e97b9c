import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { texts } from '../text/testing/arbitraries.ts'
import { acceptedBy, refused } from '../text/testing/refused.ts'
import { formatPattern, type PatternOptions, parsePattern } from './pattern.ts'

describe('parsePattern', () => {
  test.each([
    ['de ad be ef', 'de ad be ef'],
    ['DEADBEEF', 'de ad be ef'],
    ['dead  beef ', 'de ad be ef'],
    ['de ?? be', 'de ?? be'],
    ['de??be', 'de ?? be'],
    ['d? ?d', 'd? ?d'],
    ['10', '10'],
    ['text:GRUB', '47 52 55 42'],
    ['text:a"b', '61 22 62'],
    ['"GRUB"', '47 52 55 42'],
    ['"é"', 'c3 a9'],
    ['u8:255', 'ff'],
    ['u16:0x1234', '34 12'],
    ['u16be:0x1234', '12 34'],
    ['u64:1', '01 00 00 00 00 00 00 00'],
    ['u32:0b10', '02 00 00 00'],
    ['0x12345678', '78 56 34 12'],
    ['0x12', '12 00 00 00'],
  ])('%j', (text, canonical) => {
    expect(formatPattern(parsePattern(text))).toBe(canonical)
  })

  test.each([
    ['0x1234', { width: 16 }, '34 12'],
    ['0x1234', { width: 16, endian: 'big' }, '12 34'],
    ['u32:1', { width: 16, endian: 'big' }, '00 00 00 01'],
    ['u32le:1', { endian: 'big' }, '01 00 00 00'],
    ['de ad', { endian: 'big' }, 'de ad'],
  ] as [string, PatternOptions, string][])('%j with %o', (text, options, canonical) => {
    expect(formatPattern(parsePattern(text, options))).toBe(canonical)
  })

  test('a wildcard is a 0 in the mask, and in the bytes', () => {
    expect(parsePattern('d? ff ??')).toEqual({
      bytes: Uint8Array.of(0xd0, 0xff, 0),
      mask: Uint8Array.of(0xf0, 0xff, 0),
    })
  })

  test.each([
    ['', 'it is empty'],
    ['  ', 'it is empty'],
    ['dea', '"dea" is half a byte short, a byte has two digits'],
    ['de a be', '"a" is half a byte short, a byte has two digits'],
    ['de,ad', '"," is not a hexadecimal digit'],
    ['GRUB', '"G" is not a hexadecimal digit; for text, write text:GRUB'],
    ['demo board', `"m" is not a hexadecimal digit; for text, write 'text:demo board'`],
    ['be careful', `"r" is not a hexadecimal digit; for text, write 'text:be careful'`],
    ['de ad xx ef', '"x" is not a hexadecimal digit'],
    ['?? ??', 'it matches everything, give at least one digit'],
    ['text:', 'it holds no text'],
    ['""', 'it holds no text'],
    ['txt:GRUB', '"txt:" is unknown, did you mean text:GRUB?'],
    ['u24:1', '"u24:" is unknown, expected text:, u8:, u16:, u32: or u64:'],
    ['u32bee:1', '"u32bee:" is unknown, did you mean u32be:1?'],
    ['foo:GRUB', '"foo:" is unknown, expected text:, u8:, u16:, u32: or u64:'],
    ['0b10', '"0b" is ambiguous, write "0b 10" for bytes or u32:0b10 for a number'],
    ['0xde 0xad', "bytes are written without 0x: 'de ad'"],
  ])('refuses %j', (text, why) => {
    const shown = text.replaceAll('"', '\\"')
    expect(refused(() => parsePattern(text))).toBe(`ESYNTAX "${shown}" is not a pattern: ${why}`)
  })

  test.each([
    ['"GRUB', 'ESYNTAX "\\"GRUB" is not a pattern: the closing quote is missing'],
    ['u8:256', 'EVALUE 0x100 does not fit in 8 bits (largest: 0xff)'],
    ['0x123456789', 'EVALUE 0x123456789 does not fit in 32 bits (largest: 0xffffffff)'],
    ['0x5oops', 'ESYNTAX "0x5oops" is not a value: unexpected "oops" after 0x5'],
    ['u32:', 'ESYNTAX in "u32:", "" is not a value: it is empty'],
  ])('refuses %j', (text, message) => {
    expect(refused(() => parsePattern(text))).toBe(message)
  })
})

test('any text is refused by a RequestError, or its canonical form means the same', () => {
  const pieces = fc.constantFrom('de', 'ad', '??', 'd?', ' ', '0x12', 'text:', 'u16be:', '"', '5')
  const patterns = fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.oneof(texts, patterns), (text) => {
      const pattern = acceptedBy(() => parsePattern(text))
      if (pattern === undefined) return
      expect(pattern.bytes.length).toBe(pattern.mask.length)
      expect(pattern.bytes.every((byte, at) => (byte & (pattern.mask[at] ?? 0)) === byte)).toBe(
        true,
      )
      expect(parsePattern(formatPattern(pattern))).toEqual(pattern)
    }),
    { numRuns: 4000 },
  )
})
