import { WIDTHS, type Width } from '../base/width.ts'
import { malformed } from '../text/refuse.ts'
import { optionWord } from '../wording/command-line.ts'
import type { Registers } from './scheme.ts'
import { type Place, rowOf } from './schemes/index.ts'

/** What the registers have in common of which a place is one; `undefined` for a place among bytes. */
export function registersOf(place: Place): Registers | undefined {
  return rowOf(place)?.registers
}

/** Bits of accesses of this kind of place. */
export function widthsOf(place: Place): readonly Width[] {
  return rowOf(place)?.widths ?? WIDTHS
}

/** Throws ERANGE where `count` elements from a place on are more than any such thing has. */
export function checkReach(place: Place, count: number): void {
  rowOf(place)?.checkReach?.(place as never, count)
}

/**
 * Throws ESYNTAX for a register where a stretch of bytes is taken: what stands behind `..` could count
 * bytes, as everywhere, or registers. `text` is how it was written.
 */
export function refuseStretch(place: Place, text: string): void {
  const registers = registersOf(place)
  if (registers === undefined) return
  const why = `${registers.plural} are not bytes, and a length could count either: name them one by one, or use ${optionWord('count')} of read`
  throw malformed(text, 'a range', why)
}
