import type { Value, Width } from '../base/width.ts'
import type { ReadElement } from '../operate/reading.ts'
import type { ShownAddress } from '../operate/shown-address.ts'
import { type Bits, formatBits } from '../place/index.ts'
import { formatOperand } from '../place/operand.ts'
import type { Place } from '../place/schemes/index.ts'

/** One element that was accessed. */
export interface ElementReport {
  /** As the command line takes it, with its bits. */
  place: string
  address: ShownAddress
  width: Width
  /** The whole value. */
  value: Value
  /** Of an operand with bits: `HIGH:LOW` or one number, and the value of these. */
  bits?: string
  field?: Value
  /** It was accessed byte by byte. */
  unaligned?: true
}

/** A place and its bits in a document. */
export function operandText(place: Place, bits: Bits | undefined): string {
  return formatOperand({ place, ...(bits === undefined ? {} : { bits }) })
}

export function readingToJson(element: ReadElement): ElementReport {
  const { place, bits, address, width, value, field = value, unaligned } = element
  return {
    place: operandText(place, bits),
    address,
    width,
    value,
    ...(bits === undefined ? {} : { bits: formatBits(bits), field }),
    ...(unaligned ? { unaligned } : {}),
  }
}
