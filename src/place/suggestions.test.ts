/** Whatever a message suggests is accepted where it is suggested. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RequestError } from '../base/errors.ts'
import { parseBits } from '../text/bits.ts'
import { parseDurationUs } from '../text/duration.ts'
import { didYouMean, said } from '../text/hint.ts'
import { parseAddress, parseNumber, parseOffset, parseSize } from '../text/number.ts'
import { accepted, suggesting } from '../text/suggest.ts'
import * as arbitrary from '../text/testing/arbitraries.ts'
import { acceptedBy } from '../text/testing/refused.ts'
import { parseAssignment, parseCondition } from './assignment.ts'
import { parseOperand } from './operand.ts'
import { parsePattern } from './pattern.ts'
import { parsePlace } from './place.ts'
import { parseOperandOrRange, parseRange, parseRangeOrPlace } from './range.ts'
import { prefixes } from './schemes/index.ts'
import { parseTarget } from './target.ts'
import { parseLiteral, parseValue } from './value.ts'

const wholes = {
  parsePlace,
  parseOperand,
  parseRange,
  parseRangeOrPlace,
  parseOperandOrRange,
  parseAssignment,
  parseCondition,
  parsePattern,
  parseTarget,
  parseDurationUs,
  parseBits,
}
const numbers = { parseNumber, parseAddress, parseOffset, parseSize, parseValue, parseLiteral }

/** What a message suggests, and the part of the text in whose place it goes. */
function suggestionOf(act: () => unknown): { meant: string; input: string } | undefined {
  try {
    act()
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    const { input, suggestion } = error.data
    expect(error.message.includes('did you mean')).toBe(suggestion !== undefined)
    if (suggestion !== undefined && input !== undefined) return { meant: suggestion.meant, input }
  }
  return undefined
}

/** The text with what was meant in place of what was wrong, wherever that stands in it. */
function meantBy(text: string, { input, meant }: { input: string; meant: string }): string[] {
  const parts = text.split(input)
  return parts.slice(1).map((_, index) => {
    const [before, behind] = [parts.slice(0, index + 1), parts.slice(index + 1)]
    return before.join(input) + meant + behind.join(input)
  })
}

/** Texts in which something is nearly right. */
const slips = fc.oneof(
  arbitrary.texts,
  fc
    .tuple(
      fc.constantFrom('0x1000000', '0x10', '1000000', '4', 'ff', '010', '0x10000000', 'fe.0'),
      fc.constantFrom(
        'g',
        'G',
        'kb',
        'MiB',
        'h',
        '..16',
        '..0x5',
        '[7:4]',
        ':4-7',
        '|=6',
        '==1',
        '',
      ),
      fc.constantFrom('', '=1', '..+4', ':7', 'ms', '.5s'),
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('4:7', '4-7', '7..4', '64-1', '0de', 'txt:a', '0b1', '0xde 0xad'),
  fc
    .tuple(fc.constantFrom('pic:', 'PCI:', 'sim:', 'flie:', 'prot:', 'pci:'), arbitrary.texts)
    .map((parts) => parts.join('')),
)

describe.each(Object.entries({ ...wholes, ...numbers }))('%s', (_name, parse) => {
  test('accepts what it suggests, in the place of what was wrong', () => {
    let made = 0
    fc.assert(
      fc.property(slips, (text) => {
        const found = suggestionOf(() => parse(text))
        if (found === undefined) return
        made++
        expect(
          meantBy(text, found).some((meant) => acceptedBy(() => parse(meant)) !== undefined),
        ).toBe(true)
      }),
      { numRuns: 2000 },
    )
    expect(made).toBeGreaterThan(0)
  })
})

test('brackets after the name of a file are refused in what is suggested, too', () => {
  const message = (text: string) => {
    try {
      return parseCondition(text)
    } catch (error) {
      return (error as Error).message
    }
  }
  expect(message('file:x[7:4]=0')).toBe(
    '"file:x[7:4]=0" is not a condition: bits follow a colon, did you mean file:x:7:4=0?',
  )
  expect(message('file:x[7:4]=0x100')).toBe(
    '"file:x[7:4]=0x100" is not a condition: bits follow a colon',
  )
  expect(message('flie:x[7:4]=0')).not.toContain('did you mean')
})

test.each([
  ['0x1000000g', '"0x1000000g" is not an address: unexpected "g" after 0x1000000'],
  ['0x1000g', '"0x1000g" is not an address: unexpected "g" after 0x1000'],
  ['1:0x1000', '"0x1000" is not a bit: expected a decimal number from 0 to 63'],
  ['pic:0', `"pic:" is not a kind of place: expected an address, or ${prefixes}`],
  ['0x10[7:4]', '"0x10[7:4]" is not a place: bits follow a colon, did you mean 0x10:7:4?'],
  ['0x10:[7:4]', '"0x10:[7:4]" is not a place: bits follow a colon, did you mean 0x10:7:4?'],
  ['0x10bits[7:4]', '"0x10bits[7:4]" is not a place: bits follow a colon, did you mean 0x10:7:4?'],
  [
    '0x10:bits[7:4]',
    '"0x10:bits[7:4]" is not a place: bits follow a colon, did you mean 0x10:7:4?',
  ],
  ['0x10 bit[7]', '"0x10 bit[7]" is not a place: bits follow a colon, did you mean 0x10:7?'],
  ['0x10[7]', '"0x10[7]" is not a place: bits follow a colon, did you mean 0x10:7?'],
  ['0x10[4:7]', '"0x10[4:7]" is not a place: bits follow a colon, did you mean 0x10:7:4?'],
  [
    'pci:00:04.0/bar0+4[31..24]',
    '"pci:00:04.0/bar0+4[31..24]" is not a place: bits follow a colon, did you mean pci:00:04.0/bar0+4:31:24?',
  ],
  ['sim:0x10000000', '"sim:" is a target, not a kind of place: name it apart from the place'],
  ['sim:board.yaml', '"sim:" is a target, not a kind of place: name it apart from the place'],
  ['local:0x10', '"local:" is a target, not a kind of place: name it apart from the place'],
])('%s', (text, message) => {
  expect(() => parseOperand(text)).toThrow(message)
  const error = (() => {
    try {
      return parseOperand(text)
    } catch (thrown) {
      return thrown
    }
  })() as Error
  expect(error.message).toBe(message)
})

test('bits in brackets belong to a path that holds them', () => {
  expect(parseOperand('file:x[7:4]')).toMatchObject({ place: { path: 'x[7:4]' } })
})

describe('accepted', () => {
  const digits = (text: string) => {
    if (!/^[0-9]+$/.test(text)) throw new RequestError('ESYNTAX', 'no', { input: text })
  }
  const of = (text: string, ...candidates: (string | undefined)[]) =>
    suggesting(text, digits, () => accepted('x', ...candidates))

  test('is the first candidate that makes all that was given acceptable', () => {
    expect(of('1x', undefined, 'y', '5', '6')).toBe('5')
    expect(of('1x', 'y')).toBeUndefined()
    expect(of('1xx', '5')).toBeUndefined()
    expect(of('12', '5')).toBeUndefined()
    expect(accepted('x', '5')).toBeUndefined()
    expect(said(didYouMean('no', of('x', '5'), ' (1 to 9)'))).toEqual({
      message: 'no, did you mean 5? (1 to 9)',
      data: { suggestion: { meant: '5', without: 'no' } },
    })
    expect(said(didYouMean('no', undefined))).toEqual({ message: 'no', data: {} })
  })

  test('is none that a message would cut', () => {
    expect(of('x', '5'.repeat(80))).toBeDefined()
    expect(of('x', '5'.repeat(81))).toBeUndefined()
  })

  test('is for the outermost text', () => {
    const inner = () =>
      suggesting(
        'x',
        () => {},
        () => accepted('x', 'y', '5'),
      )
    expect(suggesting('1x', digits, inner)).toBe('5')
    expect(inner()).toBe('y')
  })

  test('makes no suggestions of its own while it tries one', () => {
    let inner: unknown = 'not asked'
    const parse = () => {
      inner = accepted('x', '5')
    }
    expect(suggesting('x', parse, () => accepted('x', '1'))).toBe('1')
    expect(inner).toBeUndefined()
    expect(of('x', '5')).toBe('5')
  })

  test('hides no fault of a parser', () => {
    const broken = () => {
      throw new TypeError('broken')
    }
    expect(() => suggesting('x', broken, () => accepted('x', '5'))).toThrow(TypeError)
    expect(of('x', '5')).toBe('5')
  })
})

test('no message of the grammar or of the command suggests anything else', () => {
  const src = fileURLToPath(new URL('../', import.meta.url))
  const files = ['text', 'place', 'operate', 'cli'].flatMap((room) =>
    readdirSync(src + room, { recursive: true, encoding: 'utf8' }).map((name) => `${room}/${name}`),
  )
  const tests = /\.test\.ts$|\/testing\//
  const own = files.filter(
    (name) => name.endsWith('.ts') && !tests.test(name) && name !== 'text/hint.ts',
  )
  expect(own.length).toBeGreaterThan(50)
  const others = own.filter((name) => readFileSync(src + name, 'utf8').includes('did you mean'))
  expect(others.sort()).toEqual([
    'text/options.ts', // The name of an option of the library, out of those that there are.
  ])
})
