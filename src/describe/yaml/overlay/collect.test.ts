import { describe, expect, it } from 'vitest'
import { names, patched } from '../testing/chip.ts'
import { blockOf, fieldOf, issuesOf, partOf, registerOf } from '../testing/text.ts'

describe('applyOverlay', () => {
  it('makes arrays of registers and fields', () => {
    const made = patched(
      'DMA: { _array: { "CCR*": { description: Channel } }, CR: { _array: { "EN?": {} } } }',
    )
    expect(issuesOf(made)).toEqual([])
    expect(registerOf(made, 'DMA.CCR%s')).toMatchObject({
      offset: 0x10,
      description: 'Channel',
      repeat: { count: 3, stride: 0x10, names: ['1', '2', '3'] },
    })
    expect(names(blockOf(made, 'DMA').children)).toEqual([
      'ISR',
      'CCR%s',
      'CNDTR1',
      'CNDTR2',
      'CNDTR3',
      'CR',
    ])
    expect(fieldOf(made, 'DMA.CR', 'EN%s').repeat).toEqual({ count: 3, stride: 2 })
  })

  it('makes clusters', () => {
    const made = patched(
      'DMA: { _cluster: { "CH%s": { description: A channel, "CCR?": { name: CR }, "CNDTR?": {} } } }',
    )
    expect(issuesOf(made)).toEqual([])
    expect(partOf(made, 'DMA.CH%s')).toMatchObject({
      kind: 'cluster',
      description: 'A channel',
      offset: 0x10,
      repeat: { count: 3, stride: 0x10, names: ['1', '2', '3'] },
      children: [
        { name: 'CR', offset: 0 },
        { name: 'CNDTR', offset: 4 },
      ],
    })
    expect(names(blockOf(made, 'DMA').children)).toEqual(['ISR', 'CH%s', 'CR'])
  })

  it('merges fields, and splits them', () => {
    const made = patched(`
UART0:
  UART_CR: { _merge: { BOTH: [UART_TXE, RXE] }, _split: [MODE] }
DMA: { CR: { _add: { E0A: { bits: 8 }, E0B: { bits: 9 } }, _merge: ["E0*"], _split: { "D%sX": DIR } } }
`)
    expect(issuesOf(made)).toEqual([])
    expect(registerOf(made, 'UART0.UART_CR').fields).toEqual([
      { name: 'BOTH', lsb: 8, width: 2 },
      { name: 'MODE0', lsb: 4, width: 1 },
      { name: 'MODE1', lsb: 5, width: 1 },
      { name: 'MODE2', lsb: 6, width: 1 },
    ])
    expect(names(registerOf(made, 'DMA.CR').fields)).toEqual(['EN0', 'EN1', 'EN2', 'D0X', 'E0'])
    expect(fieldOf(made, 'DMA.CR', 'E0').width).toBe(2)
  })
})
