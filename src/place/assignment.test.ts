import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as arbitrary from '../text/testing/arbitraries.ts'
import { acceptedBy, refused } from '../text/testing/refused.ts'
import {
  type Assignment,
  type Condition,
  formatAssignment,
  formatCondition,
  parseAssignment,
  parseCondition,
} from './assignment.ts'
import { isMet } from './relation.ts'
import { places } from './testing/places.ts'

const address = { scheme: 'address', offset: 0x10 } as const

describe('parseAssignment', () => {
  test.each([
    ['0x10=0x41', { place: address, value: 0x41n }],
    ['0x10:7:4=0x3', { place: address, bits: { high: 7, low: 4 }, value: 3n }],
    ['file:a=b=5', { place: { scheme: 'file', path: 'a=b', offset: 0 }, value: 5n }],
    ['file:a=+0=5', { place: { scheme: 'file', path: 'a=', offset: 0 }, value: 5n }],
    ['file:a|+0=5', { place: { scheme: 'file', path: 'a|', offset: 0 }, value: 5n }],
    ['0x10=-1', { place: address, value: 1n, sign: '-' }],
    ['0x10=~0x41', { place: address, value: 0x41n, sign: '~' }],
    ['0x10:7:4=-8', { place: address, bits: { high: 7, low: 4 }, value: 8n, sign: '-' }],
  ] as [string, Assignment][])('%s', (text, assignment) => {
    expect(parseAssignment(text)).toEqual(assignment)
  })

  test.each([
    ['', 'ESYNTAX "" is not an assignment: expected PLACE=VALUE, such as 0xfed00000=0x1'],
    ['0x10', 'ESYNTAX "0x10" is not an assignment: expected PLACE=VALUE, such as 0xfed00000=0x1'],
    ['0x10=', 'ESYNTAX "0x10=" is not an assignment: no value after "="'],
    ['=5', 'ESYNTAX "=5" is not an assignment: no place before "="'],
    ['0x10==5', 'ESYNTAX "0x10==5" is not an assignment: expected one "=", did you mean 0x10=5?'],
    ['0x10!=5', 'ESYNTAX "0x10!=5" is not an assignment: expected one "=", did you mean 0x10=5?'],
    ['0x10=1=2', 'ESYNTAX "0x10=1=2" is not an assignment: expected one value, not 1 and 2'],
    ['A=1=2=3', 'ESYNTAX "A=1=2=3" is not an assignment: expected one value, not 1, 2 and 3'],
    ['0x10==b', 'ESYNTAX "0x10==b" is not an assignment: expected one "="'],
    [
      '0x10|=0x2',
      'ESYNTAX "0x10|=0x2" is not an assignment: "|=" is not supported, bits are named, did you mean 0x10:1=0x1?',
    ],
    [
      'pci:00:04.0/bar0+4|=0xf0',
      'ESYNTAX "pci:00:04.0/bar0+4|=0xf0" is not an assignment: "|=" is not supported, bits are named, did you mean pci:00:04.0/bar0+4:7:4=0xf?',
    ],
    [
      '0x10&=~0xf0',
      'ESYNTAX "0x10&=~0xf0" is not an assignment: "&=" is not supported, bits are named, did you mean 0x10:7:4=0?',
    ],
    ...['0x10|=0x5', '0x10|=0', '0x10&=0xf0', '0x10^=1', '0x10:7|=1', 'zzz|=1'].map((text) => [
      text,
      `ESYNTAX "${text}" is not an assignment: "${text.replace(/.*(?=[|&^])|(?<==).*/g, '')}" is not supported: name the bits, as in PLACE:7:4=VALUE, or read the value first`,
    ]),
    ...['0x10+=1', '0x10-=1', '0x10<<=1', '0x10>>=1', '0x10<=1'].map((text) => [
      text,
      `ESYNTAX "${text}" is not an assignment: "${text.slice(4, -1)}" is not supported: read the value first, and write what it is to be`,
    ]),
    ['0x10..+4=5', 'ESYNTAX "0x10..+4" is not one place: no range is taken here, leave out "..+4"'],
    ['0x10=0x5oops', 'ESYNTAX "0x5oops" is not a value: unexpected "oops" after 0x5'],
    ['file:a=b', 'ESYNTAX "b" is not a value: did you mean 0xb?'],
    ['0x10:3=2', 'EVALUE 0x2 does not fit in bit 3 (largest: 0x1)'],
    ['0x10=--1', 'ESYNTAX "--1" is not a value: it has more than one sign'],
    ['0x10=~~1', 'ESYNTAX "~~1" is not a value: it has more than one sign'],
    ['0x10=+1', 'ESYNTAX "+1" is not a value: it takes no plus sign'],
    ['0x10=-', 'ESYNTAX in "0x10=-", "" is not a value: it is empty'],
    ['0x10:7:4=-9', 'EVALUE -0x9 does not fit in bits 7:4 (smallest: -0x8)'],
    ['0x10:7:4=~0x10', 'EVALUE 0x10 does not fit in bits 7:4 (largest: 0xf)'],
    ['0x10:7:4=0x1f', 'EVALUE 0x1f does not fit in bits 7:4 (largest: 0xf)'],
  ])('refuses %j', (text, message) => {
    expect(refused(() => parseAssignment(text))).toBe(message)
  })
})

describe('parseCondition', () => {
  const bits = { high: 7, low: 7 }
  test.each([
    ['0x10:7=0', { place: address, bits, value: 0n, relation: '=' }],
    ['0x10:7==0', { place: address, bits, value: 0n, relation: '=' }],
    ['0x10:7!=0', { place: address, bits, value: 0n, relation: '!=' }],
    ['0x10<16', { place: address, value: 16n, relation: '<' }],
    ['0x10<=0x10', { place: address, value: 16n, relation: '<=' }],
    ['0x10:7>0', { place: address, bits, value: 0n, relation: '>' }],
    ['0x10>=~0', { place: address, value: 0n, sign: '~', relation: '>=' }],
    ['file:a>+0>5', { place: { scheme: 'file', path: 'a>', offset: 0 }, value: 5n, relation: '>' }],
    ['file:a!+0=5', { place: { scheme: 'file', path: 'a!', offset: 0 }, value: 5n, relation: '=' }],
  ] as [string, Condition][])('%s', (text, condition) => {
    expect(parseCondition(text)).toEqual(condition)
  })

  test.each([
    [
      '0x10:7',
      'ESYNTAX "0x10:7" is not a condition: expected PLACE=VALUE, or !=, <, <=, >, >= (in quotes), such as 0x10:7=0',
    ],
    ['0x10!=', 'ESYNTAX "0x10!=" is not a condition: no value after "!="'],
    ['!=5', 'ESYNTAX "!=5" is not a condition: no place before "!="'],
    ['0x10<', 'ESYNTAX "0x10<" is not a condition: no value after "<"'],
    [
      '0x10<-1',
      'ESYNTAX "0x10<-1" is not a condition: "<" compares without a sign, but -1 has one',
    ],
    ['0x10=1=2', 'ESYNTAX "0x10=1=2" is not a condition: expected one value, not 1 and 2'],
    ['0x10===5', 'ESYNTAX "0x10=" is not an address: unexpected "=" after 0x10'],
    ['0x10:7=2', 'EVALUE 0x2 does not fit in bit 7 (largest: 0x1)'],
  ])('refuses %j', (text, message) => {
    expect(refused(() => parseCondition(text))).toBe(message)
  })
})

test.each([
  ['=', false, true, false],
  ['!=', true, false, true],
  ['<', true, false, false],
  ['<=', true, true, false],
  ['>', false, false, true],
  ['>=', false, true, true],
] as const)('4, 5 and 6 %s 5', (relation, four, five, six) => {
  const met = [4n, 5n, 6n].map((value) => isMet(value, relation, 5n))
  expect(met).toEqual([four, five, six])
})

describe('properties', () => {
  const relations = ['=', '!=', '<', '<=', '>', '>='] as const
  const assignments: fc.Arbitrary<Assignment> = fc
    .tuple(
      places,
      fc.option(arbitrary.bits),
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      fc.constantFrom({}, { sign: '-' as const }, { sign: '~' as const }),
    )
    .map(([place, bits, value, sign]) => {
      if (bits === null) return { place, value, ...sign }
      const room = bits.high - bits.low + ('sign' in sign && sign.sign === '-' ? 0 : 1)
      return { place, bits, value: BigInt.asUintN(room, value), ...sign }
    })

  test('what is formatted parses to the same', () => {
    fc.assert(
      fc.property(assignments, fc.constantFrom(...relations), (assignment, relation) => {
        expect(parseAssignment(formatAssignment(assignment))).toEqual(assignment)
        if (assignment.sign === '-' && /[<>]/.test(relation)) return
        const condition = { ...assignment, relation }
        expect(parseCondition(formatCondition(condition))).toEqual(condition)
      }),
      { numRuns: 3000 },
    )
  })

  test('any text is refused by a RequestError, or its canonical form means the same', () => {
    fc.assert(
      fc.property(arbitrary.texts, (text) => {
        const assignment = acceptedBy(() => parseAssignment(text))
        const condition = acceptedBy(() => parseCondition(text))
        if (assignment !== undefined) {
          expect(parseAssignment(formatAssignment(assignment))).toEqual(assignment)
          expect(condition).toEqual({ ...assignment, relation: '=' })
        }
        if (condition !== undefined) {
          expect(parseCondition(formatCondition(condition))).toEqual(condition)
        }
      }),
      { numRuns: 4000 },
    )
  })
})
