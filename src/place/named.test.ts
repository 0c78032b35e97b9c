import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestError } from '../base/errors.ts'
import { formatNamed, type NamedOperand, parseNamed } from './named.ts'
import {
  formatNamedAssignment,
  orNamed,
  parseNamedAssignment,
  parseNamedCondition,
} from './named-assignment.ts'
import { isNamed } from './named-words.ts'
import { formatOperand } from './operand.ts'
import { parsePlace } from './place.ts'
import { parseOperandOrRange } from './range.ts'
import { places } from './testing/places.ts'

const said = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof RequestError) return `${error.code} ${error.message}`
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a name', () => {
  it.each<[string, Partial<NamedOperand>]>([
    ['UART0', { path: 'UART0' }],
    ['ADC1', { path: 'ADC1' }],
    ['UART0.*', { path: 'UART0.*' }],
    ['GPIO*.DIR', { path: 'GPIO*.DIR' }],
    ['SPI[1].FIFO[3]', { path: 'SPI[1].FIFO[3]' }],
    ['UART0.FR:TXFE', { path: 'UART0.FR', field: 'TXFE', text: 'UART0.FR' }],
    ['UART0.FR:LINE[3]', { path: 'UART0.FR', field: 'LINE[3]' }],
    ['UART0.FR:5', { path: 'UART0.FR', bits: { high: 5, low: 5 } }],
    ['UART0.FR:7:4', { path: 'UART0.FR', bits: { high: 7, low: 4 } }],
    ['RTC.0INT_RAW', { path: 'RTC.0INT_RAW' }],
    ['pci:0000:00:04.0.ID', { pci: 'pci:0000:00:04.0', path: 'ID' }],
    ['pci:1234:11e8#1.ID', { pci: 'pci:1234:11e8#1', path: 'ID' }],
    ['pci:0000:00:04.0/bar0.ID', { at: parsePlace('pci:0000:00:04.0/bar0'), path: 'ID' }],
    ['pl011@0x09000000.FR', { is: 'pl011', at: parsePlace('0x09000000'), path: 'FR' }],
    ['pl011@0x09000000', { is: 'pl011', at: parsePlace('0x09000000'), path: '' }],
    ['pl011@0x09000000+0x1000.FR:TXFE', { at: parsePlace('0x09001000'), field: 'TXFE' }],
    ['dma@0x40000000.CH[2].CTRL', { at: parsePlace('0x40000000'), path: 'CH[2].CTRL' }],
    ['edu@pci:0000:00:04.0/bar0.ID', { at: parsePlace('pci:0000:00:04.0/bar0'), path: 'ID' }],
    ['edu@pci:0000:00:04.0.ID', { is: 'edu', pci: 'pci:0000:00:04.0', path: 'ID' }],
    ['edu@pci:0000:00:04.0', { is: 'edu', pci: 'pci:0000:00:04.0', path: '' }],
    [
      './a.yaml@uio:dma/map0.CTRL',
      { is: './a.yaml', at: parsePlace('uio:dma/map0'), path: 'CTRL' },
    ],
    [
      'pl011@file:./dump.bin+0x1000.FR',
      { is: 'pl011', at: parsePlace('file:./dump.bin+0x1000'), path: 'FR' },
    ],
    ['xlnx,axi-dma-1.00.a@0x40000000.CR', { is: 'xlnx,axi-dma-1.00.a', path: 'CR' }],
    ['pl011@kernel:uart.cold+0.FR', { at: parsePlace('kernel:uart.cold'), path: 'FR' }],
    ['pl011@dt:/soc/serial@9000000+0.FR', { at: parsePlace('dt:/soc/serial@9000000'), path: 'FR' }],
  ])('%s', (text, expected) => {
    expect(isNamed(text)).toBe(true)
    const parsed = parseNamed(text)
    expect(parsed).toMatchObject(expected)
    const { text: _, ...again } = parseNamed(formatNamed(parsed))
    const { text: _text, ...first } = parsed
    expect(again).toEqual(first)
  })

  it.each([
    ...['0xfed00000', '0x10:7', 'sim:0x10', 'serail0:5', 'zzz:5', '5', ''],
    ...['pci:0000:00:04.0/bar0', 'pci:0000:00:04.0/bar0+0x4:3', 'file:./a@b.bin', 'dt:/a@0.b'],
    ...['0x10=UART0.FR', 'a..b', 'UART0.FR..+4', 'UART0.', '.FR', 'a b', 'pci:8086:100e/bar0'],
  ])('is not %j', (text) => {
    expect(isNamed(text)).toBe(false)
  })

  it('is never what the grammar of places takes', () => {
    fc.assert(
      fc.property(places, (place) => {
        expect(isNamed(formatOperand({ place }))).toBe(false)
      }),
    )
  })

  it('at a place comes back from its canonical text', () => {
    const names = fc.stringMatching(/^[A-Za-z_]\w{0,6}(\[[0-9]{1,3}\])?(\.[A-Za-z_]\w{0,6}){0,2}$/)
    const end = fc.constantFrom({}, { field: 'TXFE' }, { bits: { high: 7, low: 4 } })
    fc.assert(
      fc.property(places, names, end, (at, path, more) => {
        const named = { is: 'pl011', at, path, ...more }
        const text = formatNamed(named)
        expect(parseNamed(text)).toEqual({ kind: 'named', text: expect.any(String), ...named })
      }),
    )
  })

  it('of any text is parsed or refused', () => {
    const parts = fc.constantFrom('UART0', '.', ':', '@', '*', '[', ']', '0', '=', 'pci:', '{', ',')
    const name = fc.constantFrom(
      'UART0.FR',
      'SPI[1]',
      'GPIO*.D?R',
      'pci:0000:00:04.0.ID',
      'a@0x10.R',
    )
    const part = fc.constantFrom('', ':TXFE', ':7:4', ':5', ':L[3]', ':', ':9:')
    const value = fc.constantFrom(
      '',
      '=1',
      '=Fast',
      '=-1',
      '={1,2}',
      '{0xff,0x0f}',
      '!=0x3',
      '<16-bit',
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(parts, { maxLength: 10 }).map((some) => some.join('')),
      { weight: 3, arbitrary: fc.tuple(name, part, value).map((some) => some.join('')) },
    )
    const plain = ({ text: _, ...operand }: NamedOperand) => operand
    const counts = [0, 0, 0]
    const parsed = <T>(text: string, parse: (text: string) => T, which: number): T | undefined => {
      try {
        const made = parse(text)
        counts[which] = (counts[which] ?? 0) + 1
        return made
      } catch (error) {
        expect(error).toBeInstanceOf(RequestError)
        return undefined
      }
    }
    fc.assert(
      fc.property(texts, (text) => {
        const operand = parsed(text, parseNamed, 0)
        if (operand) expect(plain(parseNamed(formatNamed(operand)))).toEqual(plain(operand))
        for (const [which, parse] of [parseNamedAssignment, parseNamedCondition].entries()) {
          const one = parsed(text, parse, which + 1)
          if (one === undefined) continue
          const again = parse(formatNamedAssignment(one))
          const bare = { ...one, operand: plain(one.operand) }
          expect({ ...again, operand: plain(again.operand) }).toEqual(bare)
        }
      }),
      { numRuns: 600 },
    )
    expect(Math.min(...counts)).toBeGreaterThan(20)
  })

  it('is refused with what was meant, which is taken', () => {
    const parse = orNamed(parseOperandOrRange, parseNamed)
    expect(said(() => parse('pl011@file:./dump.bin.FR'))).toBe(
      'ESYNTAX "pl011@file:./dump.bin.FR" is not a register: a path ends in +OFFSET here, did you mean pl011@file:./dump.bin+0.FR?',
    )
    expect(said(() => parse('pl011@file:./dump.bin'))).toBe(
      'ESYNTAX "pl011@file:./dump.bin" is not a register: a path ends in +OFFSET here, did you mean pl011@file:./dump.bin+0?',
    )
    expect(said(() => parse('UART0.FR[7:4]'))).toBe(
      'ESYNTAX "UART0.FR[7:4]" is not a place: bits follow a colon, did you mean UART0.FR:7:4?',
    )
    expect(said(() => parse('pl011@0x9g.FR'))).toMatch(/^ESYNTAX "0x9g" is not an address/)
  })
})

describe('an assignment by name', () => {
  it.each([
    'UART0.CR:TXEN=0x1',
    'UART0.CR:MODE=Fast',
    'UART0.CR:MODE=16-bit',
    'UART0.CR=-0x1',
    'UART0.CR=~0xf',
    'GPIO.CON{0xff,0xf}',
    'pl011@file:./a=b+0x0.CR=0x1',
  ])('%s', (text) => {
    expect(isNamed(text)).toBe(true)
    const parsed = parseNamedAssignment(text)
    expect(parseNamedAssignment(formatNamedAssignment(parsed)).value).toEqual(parsed.value)
  })

  it.each([
    ['UART0.CR', 'expected NAME=VALUE, such as UART0.CR=0x301 or UART0.CR:TXE=1'],
    ['UART0.CR=', 'no value after "="'],
    ['UART0.CR==1', 'expected one "="'],
    ['GPIO.CON{1}', 'expected value and mask, such as {0xff,0x0f}'],
    ['GPIO.CON{1,0}', 'its mask is 0, and no bit would change'],
    ['GPIO.CON:3{1,1}', 'the mask names the bits: leave out what follows the colon'],
  ])('%s is refused', (text, why) => {
    expect(said(() => parseNamedAssignment(text))).toBe(
      `ESYNTAX "${text}" is not an assignment: ${why}`,
    )
  })

  it('of a condition has relations', () => {
    expect(parseNamedCondition('UART0.FR:TXFE=empty')).toMatchObject({
      ...{ relation: '=', value: { name: 'empty' } },
    })
    expect(parseNamedCondition('A.B:C>=4')).toMatchObject({ relation: '>=', value: { value: 4n } })
    expect(said(() => parseNamedCondition('A.B:C>=full'))).toBe(
      'ESYNTAX "A.B:C>=full" is not a condition: ">=" compares numbers, but "full" is a name',
    )
  })
})
