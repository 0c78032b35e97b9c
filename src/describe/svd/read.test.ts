/** Files that are none, and what no file may do. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RequestError } from '../../base/errors.ts'
import { registersOf } from '../lookup.ts'
import { LONGEST_SVD } from './read.ts'
import {
  describedBy,
  deviceText,
  fieldText,
  issuesOf,
  peripheralText,
  registerText,
} from './testing/svd.ts'

function refused(text: string): unknown {
  try {
    describedBy(text)
  } catch (error) {
    if (error instanceof RequestError) return [error.code, error.message]
    throw error
  }
  return 'accepted'
}

const good = deviceText(`\n${peripheralText(registerText())}`)
const bomb = `<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>\n${good}`

describe('what is not such a file is refused, with its line', () => {
  test.each([
    ['', 't.svd:1:1: expected a CMSIS-SVD file, but it is empty'],
    [' \n', 't.svd:1:1: expected a CMSIS-SVD file, but it is empty'],
    [
      '\n{"csr": 1}\n',
      't.svd:2:1: expected a CMSIS-SVD file, which is XML, and found "{\\"csr\\": 1}"',
    ],
    [
      '\n<!DOCTYPE html>\n<html><br></html>',
      't.svd:2:1: this is a web page, not a CMSIS-SVD file: download the raw file',
    ],
    [
      '<html lang="en"><body><br></html>',
      't.svd:1:1: this is a web page, not a CMSIS-SVD file: download the raw file',
    ],
    [
      bomb,
      't.svd:1:1: a document type (<!DOCTYPE) is refused, since no description needs its entities',
    ],
    [
      good.replace('<device>', '<package>').replace('</device>', '</package>'),
      't.svd:1:1: expected <device> of a CMSIS-SVD file, and found <package>',
    ],
    [good.slice(0, -9), 't.svd:2:177: the file is cut off: it ends within <device> of line 1'],
    [good.slice(0, 120), 't.svd:2:82: the file is cut off: it ends within <register> of line 2'],
    [good.slice(0, 130), 't.svd:2:92: the file is cut off: it ends within <name> of line 2'],
    [good.slice(0, 60), 't.svd:2:22: the file is cut off: it ends within <name> of line 2'],
    [
      good.replace('<name>P', '<nam>P'),
      't.svd:2:26: this is not well-formed XML: unexpected close tag',
    ],
    [
      good.replace('chip', 'a & b'),
      't.svd:1:17: this is not well-formed XML: a lone &, expected &amp;',
    ],
    [good.replace('chip', '&nbsp;'), 't.svd:1:21: this is not well-formed XML: undefined entity'],
  ])('%s', (text, message) => expect(refused(text)).toEqual(['ESYNTAX', message]))

  test('one that is longer than any', () => {
    const long = `${good}${' '.repeat(64 * 2 ** 20)}`
    expect(refused(long)).toEqual([
      'ERANGE',
      't.svd:1:1: it has 65 MiB, but a description has at most 64 MiB',
    ])
    expect(LONGEST_SVD).toBe(64 * 2 ** 20)
  })

  test('a device of nothing', () => {
    const description = describedBy('<device/>')
    expect(description.device.blocks).toEqual([])
    expect(issuesOf(description)).toEqual(['error no-peripherals : this device has no peripherals'])
  })
})

test('what is not well-formed in a block costs what follows in that block', () => {
  const bad = peripheralText(
    `${registerText('', 'A')}\n<register><name>B</nam></register>${registerText('', 'C')}`,
    'BAD',
  )
  const description = describedBy(deviceText(bad + peripheralText(registerText(), 'GOOD')))
  expect(issuesOf(description)).toEqual([
    'error malformed-xml BAD: this is not well-formed XML: unexpected close tag; what follows in this block is left out',
  ])
  expect(description.issues[0]).toMatchObject({ line: 2, column: 24 })
  expect(description.device.blocks.map(({ children }) => children.map(({ name }) => name))).toEqual(
    [...[['A'], ['R']]],
  )
})

test('a file of nothing but mistakes has a bound', () => {
  const description = describedBy(
    deviceText(peripheralText('<register><name>A</name></register>\n'.repeat(12_000))),
  )
  expect(issuesOf(description)).toHaveLength(10_000)
})

describe('whatever a file has is a model or an error', () => {
  const whole = deviceText(
    [
      peripheralText(
        [
          fieldText(
            '<bitRange>[7:4]</bitRange><enumeratedValues><name>E</name><enumeratedValue><name>a</name><value>#1x</value></enumeratedValue></enumeratedValues>',
          ),
          registerText(
            '<dim>3</dim><dimIncrement>4</dimIncrement><dimIndex>A-C</dimIndex>',
            'L%s',
            ' derivedFrom="R"',
          ),
          '<cluster><dim>2</dim><dimIncrement>16</dimIncrement><name>C[%s]</name><addressOffset>32</addressOffset>',
          registerText('<size>8</size><resetValue>0x10</resetValue>', 'X'),
          '<cluster derivedFrom="P.C[%s]"><name>D</name><addressOffset>8</addressOffset></cluster></cluster>',
        ].join(''),
      ),
      peripheralText('', 'Q', ' derivedFrom="P"'),
    ].join(''),
  )
  const tags = [...new Set(whole.match(/<\/?[^>]+>/g) ?? [])]

  /** Reads all of it, but of arrays no more than some. */
  function readAll(text: string): void {
    try {
      const description = describedBy(text)
      issuesOf(description)
      for (const block of description.device.blocks) {
        let left = 1000
        for (const one of registersOf(block)) if (one.path === '' || left-- === 0) break
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
    }
  }

  test('cut anywhere', () => {
    for (let end = 0; end <= whole.length; end++) readAll(whole.slice(0, end))
  })

  test('with anything in the place of anything', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...tags,
        '',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '&',
        '%s',
        '\ufeff',
        '<?x',
        '-1',
      ),
      fc.constantFrom('0xFFFFFFFFFFFFFFFF', '4294967296', 'P', 'C[%s]', 'A-C', '[63:0]', '#xx'),
      fc.string({ maxLength: 8 }),
    )
    const at = fc.nat(whole.length)
    const change = fc.tuple(at, fc.nat(40), piece)
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        let text = whole
        for (const [start, length, more] of changes) {
          text = text.slice(0, start) + more + text.slice(start + length)
        }
        readAll(text)
      }),
      { numRuns: 1000 },
    )
  })

  test('of any tags in any order', () => {
    const inside = fc.array(fc.constantFrom(...tags, 'P', '1', 'R', '%s'), { maxLength: 60 })
    fc.assert(fc.property(inside, (parts) => readAll(`<device>${parts.join('')}</device>`)))
  })

  test('nested as deep as can be', () => {
    const depth = 100_000
    readAll(deviceText(peripheralText(`${'<cluster>'.repeat(depth)}${'</cluster>'.repeat(depth)}`)))
    readAll('<device>'.repeat(depth))
    const chain = Array.from(
      { length: 3000 },
      (_, n) => `<peripheral derivedFrom="P${n + 1}"><name>P${n}</name></peripheral>`,
    )
    readAll(deviceText(chain.join('')))
    const paths = Array.from(
      { length: 1000 },
      (_, n) =>
        `<cluster derivedFrom="P.C${n + 1}.C"><name>C${n}</name><addressOffset>0</addressOffset></cluster>`,
    )
    readAll(deviceText(peripheralText(paths.join(''))))
  })

  test('as wide as can be', () => {
    const count = 5000
    const from = (name: string) => (_: unknown, n: number) =>
      registerText('', `R${n}_%s`, ` derivedFrom="${name}"`)
    const junk = registerText('<x/>'.repeat(100_000), 'WIDE')
    readAll(deviceText(peripheralText(junk + Array.from({ length: count }, from('WIDE')).join(''))))
    readAll(deviceText(peripheralText(Array.from({ length: count }, from('NOWHERE')).join(''))))
    const index = Array.from({ length: 60_000 }, (_, n) => `A${n % 59_999}`).join(',')
    readAll(
      deviceText(
        peripheralText(
          registerText(
            `<dim>60000</dim><dimIncrement>4</dimIncrement><dimIndex>${index}</dimIndex>`,
            'L%s',
          ),
        ),
      ),
    )
  })
})
