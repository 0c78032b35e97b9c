import type { ReadElement } from '../../../operate/reading.ts'
import type { Base } from '../../frame/options.ts'
import { operandColumn, padded, shownBits, showValue } from './value.ts'

export interface ReadingFormat {
  base: Base
  /** Values only. */
  quiet: boolean
}

/** One line an element: the place, the value, and for bits the whole value that they are in. */
export function readingLines(elements: readonly ReadElement[], format: ReadingFormat): string[] {
  const values = elements.map((element) => shown(element, format.base))
  if (format.quiet) return values
  const places = operandColumn(elements)
  const column = padded(values)
  return elements.map(({ bits, value, width }, index) => {
    const place = places[index] ?? ''
    const [text = '', wide = ''] = [values[index], column[index]]
    const aligned = format.base === 'dec' ? text.padStart(wide.length) : text
    if (bits === undefined) return `${place}  ${aligned}`
    return `${place}  ${aligned.padEnd(wide.length)}  in ${showValue(value, width)}`
  })
}

/** The value of an element that was asked for: the bits, or the whole. */
export function shown({ value, width, bits, field }: ReadElement, base: Base): string {
  return showValue(field ?? value, shownBits(bits, width), base)
}
