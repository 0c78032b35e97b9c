import { describe, expect, it } from 'vitest'
import { Csv } from './csv.ts'
import { JsonLines } from './json-lines.ts'
import type { Signal } from './signal.ts'

const signals: Signal[] = [
  { name: 'FR', scope: [], column: 'UART0.FR', read: 0, of: 32, lsb: 0, width: 32 },
  { name: 'TXFE', scope: [], column: 'a "b",c', read: 0, of: 32, lsb: 7, width: 1 },
  { name: 'CAP', scope: [], column: 'CAP', read: 1, of: 64, lsb: 0, width: 64 },
]
const values = [0x1_0080, 0xffff_ffff_ffff_ffffn]

describe('a table', () => {
  it('has a row a sample, and one for those that were lost', () => {
    const csv = new Csv(signals, (value, width) => `${value}/${width}`)
    expect(csv.head()).toBe('time_ns,UART0.FR,"a ""b"",c",CAP,lost\n')
    expect(csv.sample(1500, values)).toBe('1500,65664/32,1/1,18446744073709551615/64,\n')
    expect(csv.lost(2000, 12)).toBe('2000,,,,12\n')
    expect(csv.end()).toBe('')
  })
})

describe('JSON lines', () => {
  it('have a document a sample, and one for those that were lost', () => {
    const show = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)
    const lines = new JsonLines(signals, (document) => JSON.stringify(document, show))
    expect(lines.head() + lines.sample(1500, values) + lines.lost(2000, 12) + lines.end()).toBe(
      '{"atNs":1500,"values":{"UART0.FR":65664,"a \\"b\\",c":1,"CAP":"18446744073709551615"}}\n' +
        '{"atNs":2000,"lost":12}\n',
    )
  })
})
