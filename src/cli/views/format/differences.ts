import type { Comparison } from '../../../operate/compare.ts'
import { placeAt } from '../../../place/at.ts'
import type { Place } from '../../../place/schemes/index.ts'
import { type DifferencesReport, differencesToJson } from '../../../report/differences.ts'
import { counted } from '../../../text/count.ts'
import type { Context } from '../../frame/context.ts'
import { operandColumn, showValue } from './value.ts'

/** What is compared, for people. */
export interface Sides {
  /** Where the left side starts: each line names the place that differs. */
  place: Place
  left: string
  right: string
  length: number
}

/** Records the first differences and how many there are, and prints them where there are some. */
export function reportDifferences(context: Context, found: Comparison, sides: Sides): void {
  const { width, json, quiet } = context.settings
  const { differences, count, bytes } = found
  context.record<DifferencesReport>(differencesToJson(found))
  if (json || quiet || count === 0) return
  const places = operandColumn(
    differences.map(({ offset }) => ({ place: placeAt(sides.place, offset) })),
  )
  for (const [index, { left, right }] of differences.entries()) {
    context.print(`${places[index]}  ${showValue(left, width)}  ${showValue(right, width)}`)
  }
  const more = count - differences.length
  if (more > 0) context.print(`… and ${counted(more, 'more element')}`)
  const total = counted(sides.length, 'byte')
  context.complain(`${sides.left} and ${sides.right} differ in ${bytes} of ${total}`)
}
