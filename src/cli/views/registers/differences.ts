import type { Difference, FieldDifference } from '../../../device/snapshot/compare.ts'
import { formatBits } from '../../../place/index.ts'
import { printable } from '../../../text/refuse.ts'
import { padded, showValue } from '../format/value.ts'
import { spelledField } from './lines.ts'

/** Registers whose values differ: one line each, and one for each field that differs. */
export function differenceLines(differences: readonly Difference[]): string[] {
  const names = padded(differences.map(({ name }) => printable(name)))
  return differences.flatMap(({ before, after, width, fields }, index) => [
    `${names[index]}  ${showValue(before, width)} -> ${showValue(after, width)}`,
    ...fieldLines(fields),
  ])
}

function fieldLines(fields: readonly FieldDifference[]): string[] {
  const names = padded(fields.map(({ field }) => printable(field.name)))
  const bits = padded(
    fields.map(({ field: { lsb, width } }) => formatBits({ high: lsb + width - 1, low: lsb })),
  )
  return fields.map(({ field, before, after }, index) => {
    const change = `${spelledField(field, before)} -> ${spelledField(field, after)}`
    return `  ${names[index]}  ${bits[index]}  ${change}`
  })
}
