import { describe, expect, it } from 'vitest'
import type { Width } from '../base/width.ts'
import { unsigned, unsignedMask } from './value.ts'

const widths: readonly Width[] = [8, 16, 32, 64]

describe('unsigned', () => {
  it.each(widths)('takes what %i bits hold, with a sign or without', (width) => {
    const most = 2n ** BigInt(width) - 1n
    const least = -(2n ** BigInt(width - 1))
    expect([unsigned(most, width), unsigned(most + 1n, width)]).toEqual([most, undefined])
    expect([unsigned(-1n, width), unsigned(~1n, width)]).toEqual([most, most - 1n])
    expect([unsigned(least, width), unsigned(least - 1n, width)]).toEqual([-least, undefined])
    if (width === 64) return
    expect([unsigned(Number(most), width), unsigned(2 ** width, width)]).toEqual([
      Number(most),
      undefined,
    ])
    expect([unsigned(Number(least), width), unsigned(Number(least) - 1, width)]).toEqual([
      Number(-least),
      undefined,
    ])
  })

  it('takes what | and ~ give of numbers', () => {
    expect(unsigned(1 << 31, 32)).toBe(0x8000_0000)
    expect(unsigned(0x8000_0000 | 1, 32)).toBe(0x8000_0001)
    expect(unsigned(~0, 32)).toBe(0xffff_ffff)
    expect(unsigned(~1, 8)).toBe(0xfe)
  })

  it('takes no negative number at 64 bits, and none that is not exact', () => {
    expect([unsigned(1 << 31, 64), unsigned(~1, 64)]).toEqual([undefined, undefined])
    expect([unsigned(2 ** 53 - 1, 64), unsigned(2 ** 53, 64)]).toEqual([2 ** 53 - 1, undefined])
    expect([unsigned(0.5, 8), unsigned(Number.NaN, 8)]).toEqual([undefined, undefined])
  })
})

describe('unsignedMask', () => {
  it.each(widths)('takes the complement of all that %i bits hold', (width) => {
    const most = 2n ** BigInt(width) - 1n
    const top = 1n << BigInt(width - 1)
    expect(unsignedMask(~top, width)).toBe(most - top)
    expect([unsignedMask(~most, width), unsignedMask(~most - 1n, width)]).toEqual([0n, undefined])
  })

  it('takes that of numbers', () => {
    expect([unsignedMask(~0x80, 8), unsignedMask(~0x8000, 16)]).toEqual([0x7f, 0x7fff])
    expect([unsignedMask(~0x80, 64), unsignedMask(~0x80n, 64)]).toEqual([
      undefined,
      2n ** 64n - 129n,
    ])
  })
})
