import type { Value } from '../../memory/step.ts'
import { type Bits, countBits, formatBits, formatHex, formatPlace } from '../../place/index.ts'
import type { Place } from '../../place/schemes/index.ts'

/** How values are written: `--base`. */
export type Base = 'hex' | 'dec' | 'bin'

/** The value of `bits` bits: hexadecimal and binary with all digits, so that columns line up. */
export function showValue(value: Value, bits: number, base: Base = 'hex'): string {
  if (base === 'dec') return value.toString()
  if (base === 'hex') return formatHex(value, Math.ceil(bits / 4) * 4)
  const digits = value.toString(2).padStart(bits, '0')
  return `0b${digits.replace(/(?<=[01])(?=(?:[01]{4})+$)/g, '_')}`
}

/** A place as it stands in columns: an address has at least eight digits. */
export function showPlace(place: Place): string {
  return place.scheme === 'address' ? formatHex(place.offset, 32) : formatPlace(place)
}

/** A place and its bits. */
export function showOperand(place: Place, bits: Bits | undefined): string {
  return bits === undefined ? showPlace(place) : `${showPlace(place)}:${formatBits(bits)}`
}

/** Bits of the value that is shown for an operand: of its field, or of the whole access. */
export function shownBits(bits: Bits | undefined, width: number): number {
  return bits === undefined ? width : countBits(bits)
}

/** The place `bytes` behind another. */
export function placeAt(place: Place, bytes: number): Place {
  return { ...place, offset: place.offset + bytes }
}
