import { expect, it } from 'vitest'
import { distinct } from './distinct.ts'

it('gives each name once, and keeps those that are', () => {
  expect(distinct(['A', 'B'])).toEqual(['A', 'B'])
  expect(distinct(['A', 'A', 'A'])).toEqual(['A', 'A_2', 'A_3'])
  expect(distinct(['A', 'A', 'A_2', 'A'])).toEqual(['A', 'A_3', 'A_2', 'A_4'])
})
