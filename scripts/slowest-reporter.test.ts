import { expect, it } from 'vitest'
import { slowest } from './slowest-reporter.ts'

it('names the ten slowest files of a run, the slowest first', () => {
  const files = Array.from({ length: 12 }, (_, index) => ({
    file: `${index}.test.ts`,
    ms: 1000 * ((index * 5) % 12),
  }))
  const [, title, ...lines] = slowest(files)
  expect(title).toBe(' The slowest files:')
  expect(lines.slice(0, 2)).toEqual(['    11.0 s  7.test.ts', '    10.0 s  2.test.ts'])
  expect(lines.slice(-2)).toEqual(['     2.0 s  10.test.ts', ''])
})

it('says nothing of a single file', () => {
  expect(slowest([{ file: 'a.test.ts', ms: 1000 }])).toEqual([])
})
