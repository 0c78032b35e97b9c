/** What `write` tells of assignments to places. */
import type { Value } from '../../../base/width.ts'
import { fieldOf, type WriteItem, type Writing } from '../../../operate/writing.ts'
import { showPlace } from '../../../place/at.ts'
import { operandTexts, type Row, shownBits, showOperand, showValue } from './value.ts'

/** One line an assignment to bits, which was a load and a store; none for one of a whole value. */
export function changedRows(writings: readonly Writing[]): Row[] {
  const changes = writings.flatMap(({ item, change }) => (change ? [{ item, ...change }] : []))
  const places = operandTexts(changes.map(({ item }) => item))
  return changes.map(({ item, old, written }, index) => {
    const { bits, width } = item
    const field = (whole: Value) => showValue(fieldOf(item, whole), shownBits(bits, width))
    return {
      name: `${places[index]}`,
      // Not "old -> new": what the device made of it only --verify reads.
      text: `read ${field(old)}, wrote ${field(written)}`,
      end: `in ${showValue(old, width)}, ${showValue(written, width)}`,
    }
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
