import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestError } from '../../base/errors.ts'
import { WIDTHS } from '../../base/width.ts'
import { formatSnapshot, SNAPSHOT_FORMAT, type Snapshot } from './format.ts'
import { parseSnapshot } from './parse.ts'

const saved = { register: 'UART0.CR', place: '0x9000030', width: 32, value: '0x00000301' } as const
const snapshot: Snapshot = {
  format: SNAPSHOT_FORMAT,
  ...{ chip: 'demo', target: 'sim:', time: '2026-01-02T03:04:05.678Z' },
  registers: [saved, { ...saved, register: 'UART0.FR', value: '0x00000090' }],
  skipped: [{ register: 'UART0.DR', why: 'reading changes something else' }],
}
const text = formatSnapshot(snapshot)

const TEXT = `{
  "format": "physmem snapshot 1",
  "chip": "demo",
  "target": "sim:",
  "time": "2026-01-02T03:04:05.678Z",
  "registers": [
    {"register":"UART0.CR","place":"0x9000030","width":32,"value":"0x00000301"},
    {"register":"UART0.FR","place":"0x9000030","width":32,"value":"0x00000090"}
  ],
  "skipped": [
    {"register":"UART0.DR","why":"reading changes something else"}
  ]
}
`

/** What is said of a file that a person has edited. */
function refusal(edited: string): string {
  try {
    parseSnapshot('a.json', edited)
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError)
    return (error as Error).message
  }
  return 'it was taken'
}

describe('a snapshot', () => {
  it('has a register a line', () => {
    expect(text).toBe(TEXT)
    expect(parseSnapshot('a.json', text)).toEqual(snapshot)
    const { chip: _, skipped: __, ...least } = { ...snapshot, registers: [] }
    expect(parseSnapshot('a.json', formatSnapshot(least))).toEqual(least)
  })

  it.each([
    [
      '"0x00000301"',
      '"0x1ffffffff"',
      '7:67: registers[0].value: 0x1ffffffff does not fit in 32 bits',
    ],
    [
      '"0x00000301"',
      '769',
      '7:67: registers[0].value: expected a value as a text, such as "0x00000301", not 769',
    ],
    [
      '"0x00000301"',
      '"301"',
      '7:67: registers[0].value: expected a value such as "0x00000301", not 301',
    ],
    [',"width":32', '', '7:5: registers[0].width: it is missing'],
    [
      '"width":32',
      '"width":24',
      '7:56: registers[0].width: expected a width: 8, 16, 32, 64, not 24',
    ],
    ['"UART0.FR"', '"UART0.CR"', '8:17: registers[1].register: it is in line 7, too'],
    [
      '"UART0.FR","place":"0x9000030"',
      '"UART0.CR","place":"0x09000030"',
      '8:17: registers[1].register: it is in line 7, too',
    ],
    ['"0x9000030"', '"nowhere"', '7:36: registers[0].place: '],
    [
      'physmem snapshot 1',
      'physmem snapshot 2',
      '2:13: format: expected "physmem snapshot 1", not physmem snapshot 2',
    ],
    ['"chip": "demo"', '"chips": "demo"', '3:12: chips: there is no such member'],
    [
      '"chip": "demo",',
      '"chip": "demo"',
      '4:3: this is not JSON: expected what physmem snapshot writes',
    ],
  ])('refuses %s edited to %s', (from, to, message) => {
    expect(refusal(text.replace(from, to))).toContain(`a.json:${message}`)
  })

  it('takes two registers of one name, which are at two places', () => {
    const two = [saved, { ...saved, place: '0x9000040' }]
    const registers = parseSnapshot('a.json', formatSnapshot({ ...snapshot, registers: two }))
    expect(registers.registers).toEqual(two)
  })

  it('refuses what is something else', () => {
    expect(refusal('')).toBe('a.json:1:1: it ends too early: expected what physmem snapshot writes')
    expect(refusal('<html>')).toContain('a.json:1:1: this is not JSON')
    expect(refusal('[1]')).toContain('a.json:1:1: format: it is missing')
    expect(refusal('{}')).toContain('a.json:1:1: format: it is missing')
  })

  it('is refused or taken, whatever it is', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string(), (any, at, piece) => {
        for (const content of [
          any,
          text.slice(0, at % text.length) + piece + text.slice(at % 400),
        ]) {
          try {
            parseSnapshot('a.json', content)
          } catch (error) {
            expect(error).toBeInstanceOf(RequestError)
            expect((error as Error).message).toMatch(/^a\.json:\d+:\d+: /)
          }
        }
      }),
    )
  })

  it('is read as it was written', () => {
    const register = fc.constantFrom(...WIDTHS).chain((width) =>
      fc.record({
        register: fc.string({ minLength: 1 }),
        place: fc.nat().map((address) => `0x${address.toString(16)}`),
        width: fc.constant(width),
        value: fc.bigInt(0n, 2n ** BigInt(width) - 1n).map((value) => `0x${value.toString(16)}`),
      }),
    )
    const registers = fc.uniqueArray(register, { selector: (one) => one.register })
    fc.assert(
      fc.property(registers, (all) => {
        const one = { ...snapshot, registers: all }
        expect(parseSnapshot('a.json', formatSnapshot(one))).toEqual(one)
      }),
    )
  })
})
