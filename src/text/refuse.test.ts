import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clip, printable } from './refuse.ts'

describe('printable', () => {
  it.each([
    ['arm,pl011', 'arm,pl011'],
    ['Gerät 機器 😀', 'Gerät 機器 😀'],
    ['\x1b]0;owned\x07\x1b[2Jx', '\\u{1b}]0;owned\\u{7}\\u{1b}[2Jx'],
    ['\x9b31m', '\\u{9b}31m'],
    ['a\r\nb\tc\0', 'a\\u{d}\\u{a}b\\u{9}c\\u{0}'],
    ['a\u200bb\u202ec\ufeff', 'a\\u{200b}b\\u{202e}c\\u{feff}'],
    ['\ud83d', '\\u{d83d}'],
    ['a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
  ])('shows %j', (text, shown) => {
    expect(printable(text)).toBe(shown)
  })

  it('leaves nothing that a terminal acts on, cuts nothing, and is itself printable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const shown = printable(text)
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)
        expect(shown.length).toBeGreaterThanOrEqual(text.length)
        expect(printable(shown)).toBe(shown)
      }),
    )
  })
})

describe('clip', () => {
  it('shows as printable does, and cuts a long middle out', () => {
    expect(clip('\x1b[2J')).toBe('\\u{1b}[2J')
    expect(clip('x'.repeat(80))).toBe('x'.repeat(80))
    expect(clip(`${'\n'}${'x'.repeat(100)}`)).toBe(`\\u{a}${'x'.repeat(38)}…${'x'.repeat(39)}`)
  })
})
