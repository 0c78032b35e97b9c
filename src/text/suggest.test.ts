import { describe, expect, test } from 'vitest'
import { editDistance, nearest } from './suggest.ts'

const commands = ['read', 'write', 'wait', 'watch', 'dump', 'load', 'fill', 'copy', 'compare']

describe('nearest', () => {
  test.each([
    ['raed', 'read'],
    ['wriet', 'write'],
    ['WAIT', 'wait'],
    ['wacth', 'watch'],
    ['comp', 'compare'],
    ['dum', 'dump'],
    ['wa', undefined],
    ['zzz', undefined],
    ['', undefined],
    ['x', undefined],
    ['x'.repeat(100_000), undefined],
  ])('of %j', (word, expected) => {
    expect(nearest(word, commands)).toBe(expected)
  })

  test('prefers the nearest, then the first', () => {
    expect(nearest('map1', ['map', 'map2', 'map1'])).toBe('map1')
    expect(nearest('map3', ['map2', 'map4'])).toBe('map2')
  })
})

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['pci', 'pic', 1],
  ['kitten', 'sitting', 3],
  ['flaw', 'lawn', 2],
])('editDistance(%j, %j)', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance)
  expect(editDistance(b, a)).toBe(distance)
})
