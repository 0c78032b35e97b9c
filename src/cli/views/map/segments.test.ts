import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Region, RegionKind } from '../../../inventory/region.ts'
import { pictureLines } from './picture.ts'
import { cellsFor, segmentsOf, thinOut } from './segments.ts'
import { styleFor } from './style.ts'

function region(start: number, last: number, kind: RegionKind, children: Region[] = []): Region {
  return { start, last, name: 'r', source: 'iomem', kind, facts: [], children }
}

const kind = fc.constantFrom<RegionKind>('ram', 'reserved', 'bus', 'device')
const flat = fc
  .tuple(fc.nat(2 ** 40), fc.nat(2 ** 36), kind)
  .map(([start, length, kind]) => region(start, start + length, kind))
/** Also such that overlap, and children that reach out of what holds them, as of a damaged file. */
const regions = fc.array(
  fc.tuple(flat, fc.array(flat, { maxLength: 3 })).map(([outer, children]) => ({
    ...outer,
    children,
  })),
  { minLength: 1, maxLength: 40 },
)

describe('segmentsOf', () => {
  it('divides where the innermost kind changes', () => {
    const bus = region(0x3000, 0x8fff, 'bus', [
      region(0x4000, 0x4fff, 'device'),
      region(0x5000, 0x5fff, 'device'),
    ])
    expect(segmentsOf([region(0x1000, 0x1fff, 'ram'), region(0x2000, 0x2fff, 'ram'), bus])).toEqual(
      [
        { start: 0, last: 0xfff, kind: 'empty' },
        { start: 0x1000, last: 0x2fff, kind: 'ram' },
        { start: 0x3000, last: 0x3fff, kind: 'bus' },
        { start: 0x4000, last: 0x5fff, kind: 'device' },
        { start: 0x6000, last: 0x8fff, kind: 'bus' },
      ],
    )
    expect(segmentsOf([])).toEqual([])
  })

  it('covers the space from 0 to the last end, without holes and overlaps', () => {
    fc.assert(
      fc.property(regions, (list) => {
        let next = 0
        for (const { start, last } of segmentsOf(list)) {
          expect(start).toBe(next)
          expect(last).toBeGreaterThanOrEqual(start)
          next = last + 1
        }
        expect(next - 1).toBe(Math.max(...list.map(({ last }) => last)))
      }),
    )
  })
})

describe('thinOut', () => {
  it('gives the smallest to the smaller neighbour; a device shows', () => {
    const thin = thinOut(
      [
        { start: 0, last: 0xffff, kind: 'ram' },
        { start: 0x1_0000, last: 0x1_0fff, kind: 'device' },
        { start: 0x1_1000, last: 0x1_7fff, kind: 'bus' },
      ],
      2,
    )
    expect(thin).toEqual([
      { start: 0, last: 0xffff, kind: 'ram' },
      { start: 0x1_0000, last: 0x1_7fff, kind: 'device' },
    ])
  })
})

describe('cellsFor', () => {
  it('gives each segment at least one cell, larger ones not fewer, and all in all the columns', () => {
    fc.assert(
      fc.property(regions, fc.integer({ min: 20, max: 160 }), (list, columns) => {
        const segments = thinOut(segmentsOf(list), Math.floor(columns / 2))
        const cells = cellsFor(segments, columns)
        expect(cells.reduce((sum, count) => sum + count, 0)).toBe(columns)
        expect(Math.min(...cells)).toBeGreaterThanOrEqual(1)
      }),
    )
  })
})

describe('pictureLines', () => {
  it('is never wider than the terminal, and begins with the address 0', () => {
    fc.assert(
      fc.property(
        regions,
        fc.integer({ min: 31, max: 200 }),
        fc.boolean(),
        (list, columns, hasUnicode) => {
          const output = { columns, hasUnicode, hasColors: false, isTerminal: false }
          const lines = pictureLines(list, styleFor(output))
          for (const line of lines.slice(0, -1)) expect([...line].length).toBeLessThan(columns)
          expect([...(lines[0] ?? '')]).toHaveLength(Math.min(columns - 1, 160))
          expect(lines[1]?.slice(1, 4)).toBe('0x0')
        },
      ),
    )
  })

  it('draws nothing of nothing', () => {
    expect(
      pictureLines(
        [],
        styleFor({ columns: 80, hasUnicode: true, hasColors: false, isTerminal: false }),
      ),
    ).toEqual([])
  })
})
