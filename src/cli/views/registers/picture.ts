import { type FoundField, fieldsOf } from '../../../describe/lookup.ts'
import type { Register } from '../../../describe/model.ts'
import { printable } from '../../../text/refuse.ts'

/** Bits of one row of a picture: the first of which there is room for. */
const ROW_BITS = [16, 8, 4] as const

/** A register as manuals draw it: rows of 16 bits, or fewer, with the fields that stand in them. */
export function bitPicture(register: Register, columns: number): string[] {
  const pictures = ROW_BITS.map((bits) => pictureOf(register, bits))
  const fits = (lines: readonly string[]) => lines.every(({ length }) => length <= columns)
  return pictures.find(fits) ?? pictures.at(-1) ?? []
}

function pictureOf(register: Register, bits: number): string[] {
  const fields = fieldsOf(register)
  const rows = Math.ceil(register.size / bits)
  return Array.from({ length: rows }, (_, row) => {
    const low = (rows - 1 - row) * bits
    return rowOf(fields, low, Math.min(low + bits, register.size) - 1)
  }).flat()
}

/** A run of bits in a row: of a field, or of none. */
interface Cell {
  high: number
  low: number
  name: string
}

function rowOf(fields: readonly FoundField[], low: number, high: number): string[] {
  const cells = cellsOf(fields, low, high)
  const widths = cells.map((cell) => {
    const label = labelOf(cell)
    return Math.max(label.length, cell.name.length, 2)
  })
  const line = (texts: readonly string[], joint: string) =>
    joint + texts.map((text, index) => ` ${text.padEnd(widths[index] ?? 0)} `).join(joint) + joint
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`
  return [
    line(cells.map(labelOf), ' ').trimEnd(),
    rule,
    line(
      cells.map(({ name }) => name),
      '|',
    ),
    rule,
  ]
}

function cellsOf(fields: readonly FoundField[], low: number, high: number): Cell[] {
  const cells: Cell[] = []
  let bit = high
  while (bit >= low) {
    const field = fields.findLast((one) => bit >= one.lsb && bit < one.lsb + one.width)
    const end = field
      ? Math.max(field.lsb, low)
      : Math.max(low, ...fields.map((one) => one.lsb + one.width).filter((top) => top <= bit))
    cells.push({ high: bit, low: end, name: field === undefined ? '' : printable(field.name) })
    bit = end - 1
  }
  return cells
}

function labelOf({ high, low }: Cell): string {
  return high === low ? `${high}` : `${high}:${low}`
}
