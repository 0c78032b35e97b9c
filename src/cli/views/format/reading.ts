import type { ReadElement } from '../../../operate/reading.ts'
import type { Base } from '../../../text/base.ts'
import { alignedLines, operandTexts, padded, type Row, shownBits, showValue } from './value.ts'

export interface ReadingFormat {
  base: Base
  /** Values only. */
  quiet: boolean
}

/** One line an element: the place, the value, and for bits the whole value that they are in. */
export function readingLines(elements: readonly ReadElement[], format: ReadingFormat): string[] {
  if (format.quiet) return elements.map((element) => shown(element, format.base, true))
  return alignedLines(readingRows(elements, format.base))
}

export function readingRows(elements: readonly ReadElement[], base: Base): Row[] {
  const values = elements.map((element) => shown(element, base))
  const places = operandTexts(elements)
  const wide = padded(values)[0]?.length ?? 0
  return elements.map(({ bits, value, width }, index) => ({
    name: `${places[index]}`,
    text: `${values[index]}`.padStart(base === 'dec' ? wide : 0),
    ...(bits && { end: `in ${showValue(value, width, base)}` }),
  }))
}

/** The value of an element that was asked for: the bits, or the whole; a field with its name, unless `brief`. */
export function shown(element: ReadElement, base: Base, brief = false): string {
  const { value, width, bits, field, naming } = element
  return (
    naming?.spelled?.(value, base, brief) ?? showValue(field ?? value, shownBits(bits, width), base)
  )
}
