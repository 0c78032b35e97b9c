import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { difference, type Exact, joined, sum } from './exact.ts'
import { valueBytes } from './testing/builder.ts'
import { numberAt } from './values.ts'

const cell = fc.oneof(fc.constantFrom(0, 1, 0x1f_ffff, 0x20_0000, 0xffff_ffff), fc.nat(0xffff_ffff))
const cells = fc.array(cell, { maxLength: 4 })
const bigOf = (list: number[]) => list.reduce((value, one) => (value << 32n) + BigInt(one), 0n)
const exactOf = (list: number[]) => list.reduce<Exact>(joined, 0)

/** A number where that is exact. */
function expectExact(value: Exact, expected: bigint): void {
  expect(BigInt(value)).toBe(expected)
  if (typeof value === 'number') expect(Number.isSafeInteger(value)).toBe(true)
}

describe('numbers of any length', () => {
  it('are read exactly from cells', () => {
    fc.assert(
      fc.property(cells, (list) => {
        expectExact(numberAt(valueBytes(list), 0, list.length), bigOf(list))
      }),
    )
  })

  it('are added, subtracted and compared exactly', () => {
    fc.assert(
      fc.property(cells, cells, (a, b) => {
        const [x, y] = [exactOf(a), exactOf(b)]
        expectExact(sum(x, y), bigOf(a) + bigOf(b))
        expect(x < y).toBe(bigOf(a) < bigOf(b))
        if (x >= y) expectExact(difference(x, y), bigOf(a) - bigOf(b))
      }),
    )
  })
})
