import fc from 'fast-check'
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

  test.each([
    ['TXEF', ['TXFF', 'TXFE', 'TFXE'], 'TXFE'],
    ['TXEF', ['TXFE', 'TXFF'], 'TXFE'],
    ['DRR', ['DR', 'RRD'], 'DR'],
    ['abcdef', ['abcdxy', 'badcef'], 'badcef'],
  ])('of %j in %j prefers a swap among those as near', (word, names, expected) => {
    expect(nearest(word, names)).toBe(expected)
  })

  test('prefers the nearest, then the first', () => {
    expect(nearest('map1', ['map', 'map2', 'map1'])).toBe('map1')
    expect(nearest('map3', ['map2', 'map4'])).toBe('map2')
  })
})

test('nearest gives what the distances of all candidates give', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '_', 'C', '2'), maxLength: 9 })
  fc.assert(
    fc.property(letters, fc.array(letters), (word, candidates) => {
      const distances = candidates.map((name) => ({
        name,
        allowed: Math.max(1, Math.floor(Math.max(word.length, name.length) / 3)),
        distance: editDistance(word.toLowerCase(), name.toLowerCase()),
      }))
      const near = distances.filter(
        ({ allowed, distance }) => distance <= allowed && distance < word.length,
      )
      const inOrder = (text: string) => [...text.toLowerCase()].sort().join('')
      const isSwapped = ({ name }: { name: string }) => inOrder(name) === inOrder(word)
      const [first] = near.sort(
        (one, other) =>
          one.distance - other.distance || Number(isSwapped(other)) - Number(isSwapped(one)),
      )
      if (first !== undefined) expect(nearest(word, candidates)).toBe(first.name)
    }),
  )
})

test('editDistance beyond what is asked for is infinite', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
  fc.assert(
    fc.property(letters, letters, fc.nat(8), (one, other, most) => {
      const distance = editDistance(one, other)
      const expected = distance > most ? Number.POSITIVE_INFINITY : distance
      expect(editDistance(one, other, most)).toBe(expected)
    }),
  )
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
