import { expect, it } from 'vitest'
import { largest, smallest } from './extreme.ts'

const many = Array.from({ length: 500_000 }, (_, at) => at)

it('is that of any number of numbers', () => {
  expect([largest(many), smallest(many, 7)]).toEqual([499_999, 0])
  expect([largest([]), largest([1], 2), smallest([], 7), smallest([9], 7)]).toEqual([0, 2, 7, 7])
})
