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
import { places } from './testing/places.ts'

const address = { scheme: 'address', offset: 0x10 } as const

describe('parseAssignment', () => {
  test.each([
    ['0x10=0x41', { place: address, value: 0x41n }],
    ['0x10:7:4=0x3', { place: address, bits: { high: 7, low: 4 }, value: 3n }],
    ['file:a=b=5', { place: { scheme: 'file', path: 'a=b', offset: 0 }, value: 5n }],
    ['file:a=+0=5', { place: { scheme: 'file', path: 'a=', offset: 0 }, value: 5n }],
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
    ['0x10..+4=5', 'ESYNTAX "0x10..+4" is not one place: no range is taken here, leave out "..+4"'],
    ['0x10=0x5oops', 'ESYNTAX "0x5oops" is not a value: unexpected "oops" after 0x5'],
    ['file:a=b', 'ESYNTAX "b" is not a value: did you mean 0xb?'],
    ['0x10:3=2', 'EVALUE 0x2 does not fit in bit 3 (largest: 0x1)'],
    ['0x10:7:4=0x1f', 'EVALUE 0x1f does not fit in bits 7:4 (largest: 0xf)'],
  ])('refuses %j', (text, message) => {
    expect(refused(() => parseAssignment(text))).toBe(message)
  })
})

describe('parseCondition', () => {
  const bits = { high: 7, low: 7 }
  test.each([
    ['0x10:7=0', { place: address, bits, value: 0n, negate: false }],
    ['0x10:7==0', { place: address, bits, value: 0n, negate: false }],
    ['0x10:7!=0', { place: address, bits, value: 0n, negate: true }],
    ['file:a!+0=5', { place: { scheme: 'file', path: 'a!', offset: 0 }, value: 5n, negate: false }],
  ] as [string, Condition][])('%s', (text, condition) => {
    expect(parseCondition(text)).toEqual(condition)
  })

  test.each([
    [
      '0x10:7',
      'ESYNTAX "0x10:7" is not a condition: expected PLACE=VALUE or PLACE!=VALUE, such as 0x10:7=0',
    ],
    ['0x10!=', 'ESYNTAX "0x10!=" is not a condition: no value after "="'],
    ['!=5', 'ESYNTAX "!=5" is not a condition: no place before "="'],
    ['0x10===5', 'ESYNTAX "0x10=" is not an address: unexpected "=" after 0x10'],
    ['0x10:7=2', 'EVALUE 0x2 does not fit in bit 7 (largest: 0x1)'],
  ])('refuses %j', (text, message) => {
    expect(refused(() => parseCondition(text))).toBe(message)
  })
})

describe('properties', () => {
  const assignments: fc.Arbitrary<Assignment> = fc
    .tuple(places, fc.option(arbitrary.bits), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }))
    .map(([place, bits, value]) =>
      bits === null
        ? { place, value }
        : { place, bits, value: BigInt.asUintN(bits.high - bits.low + 1, value) },
    )

  test('what is formatted parses to the same', () => {
    fc.assert(
      fc.property(assignments, fc.boolean(), (assignment, negate) => {
        expect(parseAssignment(formatAssignment(assignment))).toEqual(assignment)
        const condition = { ...assignment, negate }
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
          expect(condition).toEqual({ ...assignment, negate: false })
        }
        if (condition !== undefined) {
          expect(parseCondition(formatCondition(condition))).toEqual(condition)
        }
      }),
      { numRuns: 4000 },
    )
  })
})
