import type { Value } from '../../../base/width.ts'
import { showPlace } from '../../../place/at.ts'
import { type Bits, countBits, formatBits, formatHex } from '../../../place/index.ts'
import type { Place } from '../../../place/schemes/index.ts'
import type { Base } from '../../../text/base.ts'

/** The value of `bits` bits: hexadecimal and binary with all digits, so that columns line up. */
export function showValue(value: Value, bits: number, base: Base = 'hex'): string {
  if (base === 'dec') return value.toString()
  if (base === 'hex') return formatHex(value, Math.ceil(bits / 4) * 4)
  const digits = value.toString(2).padStart(bits, '0')
  return `0b${digits.replace(/(?<=[01])(?=(?:[01]{4})+$)/g, '_')}`
}

/** A place and its bits. */
export function showOperand(place: Place, bits: Bits | undefined, digits = 8): string {
  const text = showPlace(place, digits)
  return bits ? `${text}:${formatBits(bits)}` : text
}

/** An operand: a place with its bits, or what has a name. */
interface ShownOperand {
  readonly place: Place
  readonly bits?: Bits | undefined
  readonly naming?: { readonly name: string } | undefined
}

/** Operands as they stand in one column: addresses as wide as the widest, all padded with blanks. */
export function operandColumn(operands: readonly ShownOperand[]): string[] {
  return padded(operandTexts(operands))
}

/** Operands as they stand in one column, of which each still has its own length. */
export function operandTexts(operands: readonly ShownOperand[]): string[] {
  const digits = operands.reduce(
    (most, { place }) =>
      place.scheme === 'address' ? Math.max(most, place.offset.toString(16).length) : most,
    8,
  )
  return operands.map(({ place, bits, naming }) => naming?.name ?? showOperand(place, bits, digits))
}

/** A line of what is shown of operands, and what follows its two columns. */
export interface Row {
  name: string
  text: string
  end?: string
}

/** Names and texts in columns, whatever they are of. */
export function alignedLines(rows: readonly Row[]): string[] {
  const names = padded(rows.map(({ name }) => name))
  const texts = padded(rows.map(({ text }) => text))
  return rows.map(({ end = '' }, index) => `${names[index]}  ${texts[index]}  ${end}`.trimEnd())
}

/** Texts that are as long as the longest of them. */
export function padded(texts: readonly string[]): string[] {
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 0)
  return texts.map((text) => text.padEnd(longest))
}

/** Bits of the value that is shown for an operand: of its field, or of the whole access. */
export function shownBits(bits: Bits | undefined, width: number): number {
  return bits ? countBits(bits) : width
}
