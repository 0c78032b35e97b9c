import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDuration, parseDurationUs } from './duration.ts'
import { texts } from './testing/arbitraries.ts'
import { acceptedBy, refused } from './testing/refused.ts'

describe('parseDurationUs', () => {
  test.each([
    ['0', 0],
    ['0ms', 0],
    ['10us', 10],
    ['50ms', 50_000],
    ['2s', 2_000_000],
    ['1m', 60_000_000],
    ['1_000ms', 1_000_000],
  ])('%s', (text, us) => {
    expect(parseDurationUs(text)).toBe(us)
  })

  test.each([
    ['', 'expected a number and a unit, such as 50ms, 10us, 2s or 1m'],
    ['ms', 'expected a number and a unit, such as 50ms, 10us, 2s or 1m'],
    ['-5ms', 'expected a number and a unit, such as 50ms, 10us, 2s or 1m'],
    ['50', 'it has no unit, did you mean 50ms? (units: us, ms, s, m)'],
    ['5MS', '"MS" is not a unit, did you mean 5ms? (units: us, ms, s, m)'],
    ['5sec', '"sec" is not a unit, did you mean 5s? (units: us, ms, s, m)'],
    ['5min', '"min" is not a unit, did you mean 5m? (units: us, ms, s, m)'],
    ['5µs', '"µs" is not a unit, did you mean 5us? (units: us, ms, s, m)'],
    ['5 ms', '" ms" is not a unit (units: us, ms, s, m)'],
    ['5h', '"h" is not a unit (units: us, ms, s, m)'],
    ['1.5s', 'expected a whole number, did you mean 1500ms?'],
    ['1.5us', 'expected a whole number'],
    ['010ms', 'it has a leading zero, did you mean 10ms?'],
  ])('refuses %j', (text, why) => {
    expect(refused(() => parseDurationUs(text))).toBe(`ESYNTAX "${text}" is not a duration: ${why}`)
  })

  test('refuses more than a year', () => {
    expect(refused(() => parseDurationUs('999999m'))).toBe(
      'ERANGE 999999m is too long for a duration: the longest is 525600m, a year',
    )
  })
})

test('what is formatted parses to the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 525_600 * 60_000_000 }), (us) => {
      expect(parseDurationUs(formatDuration(us))).toBe(us)
    }),
    { numRuns: 2000 },
  )
  expect(formatDuration(90_000_000)).toBe('90s')
})

test('nothing but a RequestError is thrown', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const us = acceptedBy(() => parseDurationUs(text))
      if (us !== undefined) expect(parseDurationUs(formatDuration(us))).toBe(us)
    }),
    { numRuns: 2000 },
  )
})
