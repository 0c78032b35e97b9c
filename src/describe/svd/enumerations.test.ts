import { describe, expect, test } from 'vitest'
import type { EnumeratedValue } from '../model.ts'
import { firstField } from './testing/svd.ts'

const values = (...texts: string[]) =>
  `<bitRange>[3:0]</bitRange><enumeratedValues>${texts.map((one) => `<enumeratedValue>${one}</enumeratedValue>`).join('')}</enumeratedValues>`

describe('names of values', () => {
  const read = (...texts: string[]) => {
    const { field, issues } = firstField(values(...texts))
    return { values: field?.enumerations?.[0]?.values, issues }
  }
  const named = (name: string, value: string) => `<name>${name}</name><value>${value}</value>`

  test.each<[string, EnumeratedValue]>([
    [named('a', '#1xx'), { name: 'a', value: 4n, mask: 0b1100n }],
    [named('a', '0b1x'), { name: 'a', value: 2n, mask: 0b1110n }],
    [named('a', '0xF'), { name: 'a', value: 15n }],
    [named('16-bit', '1'), { name: '16-bit', value: 1n }],
    ['<name>a</name><isDefault>true</isDefault>', { name: 'a' }],
    [
      `<description>one\r\n  two</description>${named('a', '+3')}`,
      { name: 'a', description: 'one two', value: 3n },
    ],
    [
      `<description>one\\n two\\r\\n</description>${named('a', '+3')}`,
      { name: 'a', description: 'one two', value: 3n },
    ],
  ])('%s', (text, value) => expect(read(text)).toEqual({ values: [value], issues: [] }))

  test.each([
    [
      [named('a', '16')],
      'error enum-value-too-wide P.R.F: the value of "a", 16, does not fit in 4 bits: it is left out',
      0,
    ],
    [
      [named('a', 'two')],
      'error not-a-number P.R.F: the value of "a" is not a number: "two": it is left out',
      0,
    ],
    [
      ['<name>a</name>'],
      'error no-value P.R.F: "a" has neither a value nor isDefault: it is left out',
      0,
    ],
    [['<value>1</value>'], 'error no-name P.R.F: this value has no name: it is left out', 0],
    [
      [named('a', '1'), named('b', '1')],
      'warning enum-value-twice P.R.F: "a" and "b" have one value, 1',
      2,
    ],
    [
      [named('a', '1'), named('a', '2')],
      'warning enum-name-twice P.R.F: two values have the name "a"',
      2,
    ],
  ])('%s', (texts, issue, count) => {
    const { values: found, issues } = read(...texts)
    expect(issues).toEqual([issue])
    expect(found).toHaveLength(count)
  })

  test('one for reading, and one for writing', () => {
    const one = (usage: string, name: string) =>
      `<enumeratedValues>${usage}<enumeratedValue>${named(name, '1')}</enumeratedValue></enumeratedValues>`
    const both = one('<usage>read</usage>', 'busy') + one('<usage>write</usage>', 'start')
    expect(firstField(`<bitOffset>0</bitOffset>${both}`)).toEqual({
      field: {
        ...{ name: 'F', lsb: 0, width: 1 },
        enumerations: [
          { usage: 'read', values: [{ name: 'busy', value: 1n }] },
          { usage: 'write', values: [{ name: 'start', value: 1n }] },
        ],
      },
      issues: [],
    })
    const third = firstField(`<bitOffset>0</bitOffset>${both}${one('', 'more')}`)
    expect(third.field?.enumerations).toHaveLength(2)
    expect(third.issues).toEqual([
      'error enumeration-twice P.R.F: the values of this field have names already: these are left out',
    ])
  })
})
