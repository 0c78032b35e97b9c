/** What `write` tells of assignments to places. */
import type { Value } from '../../../base/width.ts'
import { fieldOf, type WriteItem, type Writing } from '../../../operate/writing.ts'
import { showPlace } from '../../../place/at.ts'
import { operandColumn, padded, shownBits, showOperand, showValue } from './value.ts'

/** One line an assignment to bits, which was a load and a store; none for one of a whole value. */
export function changedLines(writings: readonly Writing[]): string[] {
  const changes = writings.flatMap(({ item, change }) => (change ? [{ item, ...change }] : []))
  const places = operandColumn(changes.map(({ item }) => item))
  const fields = padded(
    changes.map(({ item, old, written }) => {
      const field = (whole: Value) =>
        showValue(fieldOf(item, whole), shownBits(item.bits, item.width))
      // Not "old -> new": what the device made of it only --verify reads.
      return `read ${field(old)}, wrote ${field(written)}`
    }),
  )
  return changes.map(({ item: { width }, old, written }, index) => {
    const whole = `${showValue(old, width)}, ${showValue(written, width)}`
    return `${places[index]}  ${fields[index]}  in ${whole}`
  })
}

/** What an assignment would do. */
export function intention(item: WriteItem): string {
  const { place, bits, value, width, bytewise } = item
  const pieces = bytewise ? `${width / 8} byte accesses` : `${width} bits`
  if (bits === undefined) {
    return `would write ${showValue(value, width)} to ${showPlace(place)} (${pieces})`
  }
  const mask = `mask ${showValue(item.mask, width)}, value ${showValue(item.whole, width)}`
  const name = showOperand(place, bits)
  return `would read ${name}, set it to ${showValue(value, shownBits(bits, width))} and write (${pieces}, ${mask})`
}
