/**
 * What `index.ts` exports, as programs get it: with the kinds of its arguments checked.
 *
 * @module
 */
import { WIDTHS, type Width } from '../base/width.ts'
import * as bits from '../text/bits.ts'
import { checked } from '../text/checked.ts'
import * as duration from '../text/duration.ts'
import * as number from '../text/number.ts'
import { shape, WHOLE, WHOLE_VALUE } from '../text/options.ts'
import * as suggest from '../text/suggest.ts'
import * as align from './align.ts'
import * as assignment from './assignment.ts'
import { ASSIGNMENT, BITS, LITERAL, OPERAND, OPTIONS, PCI, PLACE, ROOM, STRINGS } from './kinds.ts'
import * as operand from './operand.ts'
import * as pattern from './pattern.ts'
import * as place from './place.ts'
import * as range from './range.ts'
import * as relation from './relation.ts'
import * as pci from './schemes/pci.ts'
import * as pid from './schemes/pid.ts'
import * as value from './value.ts'

export * from './index.ts'

export const bitsMask = checked(bits.bitsMask, { bits: BITS, width: WIDTHS })

export const checkBits = checked(
  ((of, width) => bits.checkBits(of, width)) as (bits: bits.Bits, width: Width) => void,
  { bits: BITS, width: WIDTHS },
)

export const countBits = checked(bits.countBits, { bits: BITS })

export const extractBits = checked(bits.extractBits, { value: WHOLE_VALUE, bits: BITS })

export const formatBits = checked(bits.formatBits, { bits: BITS })

export const parseBits = checked(bits.parseBits, { text: 'string' })

/** As within physmem, and EVALUE for a field that does not fit: its other bits would be a neighbour's. */
export const placeBits = checked(
  ((field, of, width) =>
    bits.placeBits(value.checkValue(field, of), of, width)) as typeof bits.placeBits,
  { field: WHOLE_VALUE, bits: BITS, width: WIDTHS },
)

export const formatDuration = checked(duration.formatDuration, { us: 'number' })

export const parseDurationUs = checked(duration.parseDurationUs, { text: 'string' })

export const formatHex = checked(number.formatHex, { value: 'value', 'width?': 'number' })

export const parseAddress = checked(number.parseAddress, { text: 'string' })

export const parseNumber = checked(number.parseNumber, { text: 'string', 'rules?': OPTIONS })

export const parseOffset = checked(number.parseOffset, { text: 'string' })

export const parseSize = checked(number.parseSize, { text: 'string' })

export const nearest = checked(suggest.nearest, {
  word: 'string',
  candidates: STRINGS,
})

export const checkAligned = checked(align.checkAligned, {
  address: WHOLE_VALUE,
  width: WIDTHS,
  'place?': 'string',
  'end?': 'bigint',
  'misalignment?': WHOLE,
})

export const formatAssignment = checked(assignment.formatAssignment, { assignment: ASSIGNMENT })

export const formatCondition = checked(assignment.formatCondition, { condition: ASSIGNMENT })

export const isMet = checked(relation.isMet, {
  value: 'bigint',
  relation: 'string',
  other: 'bigint',
})

export const parseAssignment = checked(assignment.parseAssignment, { text: 'string' })

export const parseCondition = checked(assignment.parseCondition, { text: 'string' })

export const formatOperand = checked(operand.formatOperand, { operand: OPERAND })

export const parseOperand = checked(operand.parseOperand, { text: 'string' })

export const formatPattern = checked(pattern.formatPattern, {
  pattern: shape<pattern.Pattern>('a pattern', { bytes: 'Uint8Array', mask: 'Uint8Array' }),
})

export const parsePattern = checked(pattern.parsePattern, { text: 'string', 'options?': OPTIONS })

export const formatPlace = checked(place.formatPlace, { place: PLACE })

export const parsePlace = checked(place.parsePlace, { text: 'string' })

export const formatRange = checked(range.formatRange, { range: OPERAND })

export const parseOperandOrRange = checked(range.parseOperandOrRange, { text: 'string' })

export const parseRange = checked(range.parseRange, { text: 'string' })

export const parseRangeOrPlace = checked(range.parseRangeOrPlace, { text: 'string' })

export const rangeEnd = checked(range.rangeEnd, {
  range: shape<range.Range>('a range with a length', { place: PLACE, length: 'number' }),
})

export const pciAddress = checked(pci.pciAddress, { place: PCI })

export const parsePid = checked(pid.parsePid, { text: 'string' })

export const parseVirtual = checked(pid.parseVirtual, { text: 'string' })

export const checkValue = checked(value.checkValue, { value: 'value', room: ROOM })

export const formatLiteral = checked(value.formatLiteral, { literal: LITERAL })

export const literalValue = checked(value.literalValue, { literal: LITERAL, room: ROOM })

export const parseLiteral = checked(value.parseLiteral, { text: 'string' })

export const parseValue = checked(value.parseValue, { text: 'string' })

export const parseWidth = checked(value.parseWidth, { text: 'string' })

export const swapValue = checked(value.swapValue, { value: WHOLE_VALUE, width: WIDTHS })
