import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasPageFlag, pageFlagNames } from './page-flag-bits.ts'
import { PAGE_FLAGS } from './page-flags.ts'

describe('pageFlagNames', () => {
  it('names the zero page, as kernel 6.12 shows it', () => {
    expect(pageFlagNames(0x1_0100_0000n)).toEqual(['ZERO_PAGE', 'RESERVED'])
  })

  it('names an ordinary page of a process', () => {
    expect(pageFlagNames(0x5868n)).toEqual([
      'UPTODATE',
      'LRU',
      'ACTIVE',
      'MMAP',
      'ANON',
      'SWAPBACKED',
    ])
  })

  it('gives flags without a name by their number', () => {
    expect(pageFlagNames((1n << 47n) | (1n << 63n))).toEqual(['BIT_47', 'BIT_63'])
    expect(pageFlagNames(0n)).toEqual([])
  })

  it('names as many flags as are set', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (flags) => {
        const ones = flags.toString(2).replaceAll('0', '').length
        expect(new Set(pageFlagNames(flags)).size).toBe(ones)
      }),
    )
  })
})

describe('PAGE_FLAGS', () => {
  it('rises by bit, and has every name once', () => {
    const bits = PAGE_FLAGS.map(({ bit }) => bit)
    expect(bits).toEqual([...bits].sort((a, b) => a - b))
    expect(new Set(PAGE_FLAGS.map(({ name }) => name)).size).toBe(PAGE_FLAGS.length)
    expect(PAGE_FLAGS.length).toBe(38)
  })
})

describe('hasPageFlag', () => {
  it('goes by name', () => {
    expect(hasPageFlag(1n << 19n, 'HWPOISON')).toBe(true)
    expect(hasPageFlag(1n << 18n, 'HWPOISON')).toBe(false)
    expect(() => hasPageFlag(0n, 'POISON')).toThrow('there is no page flag POISON')
  })
})
