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
  /** Of a register that was named: its name, what describes it, and all of its fields. */
  register?: string
  description?: string
  fields?: FieldReport[]
}

/** One field of a register that was read. */
export interface FieldReport {
  name: string
  /** `HIGH:LOW`, or one number. */
  bits: string
  value: Value
  /** What the description calls the value. */
  meaning?: string
}

/** A place and its bits in a document. */
export function operandText(place: Place, bits: Bits | undefined): string {
  return formatOperand({ place, ...(bits === undefined ? {} : { bits }) })
}

export function readingToJson(element: ReadElement): ElementReport {
  const { place, bits, address, width, value, field = value, unaligned, naming } = element
  return {
    place: operandText(place, bits),
    address,
    width,
    value,
    ...(bits === undefined ? {} : { bits: formatBits(bits), field }),
    ...(unaligned ? { unaligned } : {}),
    ...naming?.report(element),
  }
}
