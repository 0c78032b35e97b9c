/** What goes fast over entries does what decoding them one by one does. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePage } from '../linux/pagemap.ts'
import { decodeFrames } from './columns.ts'
import { FrameSet } from './frame-set.ts'
import { type PageRun, RunCollector } from './runs.ts'
import { entries } from './testing/fake-process.ts'

/** Mostly few frames, so that they follow each other, come again and are looked for. */
const frame = fc.oneof(
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 2 ** 32 - 3, max: 2 ** 32 + 3 }),
  fc.integer({ min: 1, max: 2 ** 40 - 1 }),
)
const entry = fc.oneof(
  { weight: 6, arbitrary: frame.map(entries.present) },
  { weight: 2, arbitrary: fc.constant(0n) },
  { weight: 1, arbitrary: frame.map((one) => entries.swap(one % 4, one % 2 ** 20)) },
  { weight: 1, arbitrary: fc.constantFrom(entries.guard, entries.hiddenPresent, 1n << 55n) },
)
/** With marks that must not matter. */
const marked = fc
  .tuple(entry, fc.constantFrom(0n, 1n << 55n, 1n << 56n, 1n << 61n))
  .map(([value, mark]) => value | mark)
const page = fc.array(marked, { maxLength: 40 })

function wordsOf(values: readonly bigint[]): Uint32Array {
  return new Uint32Array(BigUint64Array.from(values).buffer)
}

function one(words: Uint32Array, index: number) {
  return decodePage(words[2 * index] as number, words[2 * index + 1] as number)
}

describe('columns', () => {
  it('hold the frame of each page in RAM', () => {
    fc.assert(
      fc.property(page, (values) => {
        const words = wordsOf(values)
        const frames = new Float64Array(values.length)
        decodeFrames(words, values.length, frames)
        const expected = values.map((_, index) => {
          const decoded = one(words, index)
          return decoded.kind === 'present' ? decoded.frame : -1
        })
        expect([...frames]).toEqual(expected)
      }),
    )
  })
})

describe('a search for frames', () => {
  it('finds each entry that is one of them, and no other', () => {
    fc.assert(
      fc.property(page, fc.array(frame, { maxLength: 5 }), (values, wanted) => {
        const words = wordsOf(values)
        const found: [number, number][] = []
        new FrameSet(wanted).search(words, values.length, (index, frame) => {
          found.push([index, frame])
        })
        const expected = values.flatMap((_, index): [number, number][] => {
          const decoded = one(words, index)
          return decoded.kind === 'present' && wanted.includes(decoded.frame)
            ? [[index, decoded.frame]]
            : []
        })
        expect(found).toEqual(expected)
      }),
    )
  })
})

/** What each page of the runs is. */
function pagesOf(runs: readonly PageRun[]): [page: number, kind: string, frame?: number][] {
  return runs.flatMap(({ page, count, kind, frame, same }) =>
    Array.from({ length: count }, (_, index): [number, string, number?] =>
      frame === undefined
        ? [page + index, kind]
        : [page + index, kind, same ? frame : frame + index],
    ),
  )
}

describe('runs', () => {
  const collected = (values: readonly bigint[], cut: number): PageRun[] => {
    const words = wordsOf(values)
    const collector = new RunCollector(decodePage)
    collector.add(100, words.subarray(0, 2 * cut), cut)
    const first = collector.take()
    collector.add(100 + cut, words.subarray(2 * cut), values.length - cut)
    return [...first, ...collector.end()]
  }

  it('say the same of each page as its entry does, wherever a chunk ends', () => {
    fc.assert(
      fc.property(page, fc.nat(40), (values, at) => {
        const words = wordsOf(values)
        const expected = values.flatMap((_, index): [number, string, number?][] => {
          const decoded = one(words, index)
          if (decoded.kind === 'absent') return []
          if (decoded.kind !== 'present') return [[100 + index, decoded.kind]]
          return [[100 + index, decoded.kind, decoded.frame]]
        })
        expect(pagesOf(collected(values, Math.min(at, values.length)))).toEqual(expected)
      }),
    )
  })

  it('are as few as can be', () => {
    const { present } = entries
    const values = [present(7), present(8), present(9), 0n, present(10), present(3), present(3)]
    expect(collected(values, 2)).toEqual([
      { page: 100, count: 3, kind: 'present', frame: 7 },
      { page: 104, count: 1, kind: 'present', frame: 10 },
      { page: 105, count: 2, kind: 'present', frame: 3, same: true },
    ])
  })
})
