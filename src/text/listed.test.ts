import { expect, it } from 'vitest'
import { listed } from './listed.ts'

it.each([
  [[], ''],
  [[8], '8'],
  [[8, 16], '8 and 16'],
  [[8, 16, 32], '8, 16 and 32'],
  [['a, b', '$&', 'c'], 'a, b, $& and c'],
])('%j is "%s" in a sentence', (items, text) => {
  expect(listed(items, 'and')).toBe(text)
  expect(listed(items, 'or')).toBe(text.replace('and', 'or'))
})
