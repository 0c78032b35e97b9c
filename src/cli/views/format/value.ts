import type { Value } from '../../../base/width.ts'
import { showPlace } from '../../../place/at.ts'
import { type Bits, countBits, formatBits, formatHex } from '../../../place/index.ts'
import type { Place } from '../../../place/schemes/index.ts'
import type { Base } from '../../frame/options.ts'

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
  return bits === undefined ? text : `${text}:${formatBits(bits)}`
}

/** Operands as they stand in one column: addresses as wide as the widest, all padded with blanks. */
export function operandColumn(
  operands: readonly {
    readonly place: Place
    readonly bits?: Bits | undefined
    readonly naming?: { readonly name: string }
  }[],
): string[] {
  const digits = operands.reduce(
    (most, { place }) =>
      place.scheme === 'address' ? Math.max(most, place.offset.toString(16).length) : most,
    8,
  )
  return padded(
    operands.map(({ place, bits, naming }) => naming?.name ?? showOperand(place, bits, digits)),
  )
}

/** Texts that are as long as the longest of them. */
export function padded(texts: readonly string[]): string[] {
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 0)
  return texts.map((text) => text.padEnd(longest))
}

/** Bits of the value that is shown for an operand: of its field, or of the whole access. */
export function shownBits(bits: Bits | undefined, width: number): number {
  return bits === undefined ? width : countBits(bits)
}
