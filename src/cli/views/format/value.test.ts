import { describe, expect, it } from 'vitest'
import { parsePlace } from '../../../place/place.ts'
import { operandColumn } from './value.ts'

const column = (...texts: string[]) =>
  operandColumn(texts.map((text) => ({ place: parsePlace(text) })))

describe('a column of places', () => {
  it('has addresses of one width: eight digits, or as many as the widest has', () => {
    expect(column('0x10', '0xfed00000')).toEqual(['0x00000010', '0xfed00000'])
    expect(column('0x10', '0x4000000000')).toEqual(['0x0000000010', '0x4000000000'])
  })

  it('pads names with blanks', () => {
    expect(column('0x10', 'pci:0000:00:04.0/bar0')).toEqual([
      '0x00000010           ',
      'pci:0000:00:04.0/bar0',
    ])
  })
})
