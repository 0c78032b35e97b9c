/** Texts of places, ranges and values. */
import * as place from '../../place/published.ts'
import { may, need, options, type Table, text, value, width } from './table.ts'

export async function places({ add, each }: Table): Promise<void> {
  each(
    place,
    'parseAddress parseAssignment parseBits parseCondition parseDurationUs parseLiteral',
    text,
  )
  each(place, 'parseOffset parseOperand parseOperandOrRange parsePid parsePlace parseRange', text)
  each(place, 'parseRangeOrPlace parseSize parseValue parseVirtual parseWidth', text)
  each(place, 'parseNumber parsePattern', text, options)
  const bits = need({ high: 7, low: 4 })
  const aPlace = place.parsePlace('0x10')
  each(place, 'bitsMask checkBits', bits, width)
  each(place, 'countBits formatBits', bits)
  add('extractBits', place.extractBits, value, bits)
  add('placeBits', place.placeBits, value, bits, width)
  add('swapValue', place.swapValue, value, width)
  add('checkValue', place.checkValue, value, need(32, 'object'))
  add('literalValue', place.literalValue, need({ value: 1n }), need(32, 'object'))
  add('formatLiteral', place.formatLiteral, need({ value: 1n }))
  add('formatHex', place.formatHex, value, may(4))
  add('formatDuration', place.formatDuration, need(5))
  add('formatPlace', place.formatPlace, need(aPlace))
  add('formatOperand', place.formatOperand, need(place.parseOperand('0x10:7:4')))
  add('formatRange', place.formatRange, need(place.parseRange('0x10..0x20')))
  add('rangeEnd', place.rangeEnd, need(place.parseRange('0x10..0x20')))
  add('formatPattern', place.formatPattern, need(place.parsePattern('00')))
  add('formatAssignment', place.formatAssignment, need(place.parseAssignment('0x10=1')))
  add('formatCondition', place.formatCondition, need(place.parseCondition('0x10=1')))
  add('isMet', place.isMet, need(1n), need('='), need(1n))
  add('nearest', place.nearest, need('x'), need(['x'], 'string'))
  add('pciAddress', place.pciAddress, need(place.parsePlace('pci:0:4.0/bar0')))
  add('checkAligned', place.checkAligned, value, width, may('x'), may(8n), may(0))
}
