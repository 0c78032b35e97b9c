import { RequestError } from '../base/errors.ts'
import type { Width } from '../base/width.ts'
import { formatPlace } from '../place/place.ts'
import { registersOf, widthsOf } from '../place/registers.ts'
import type { Place } from '../place/schemes/index.ts'
import { counted } from '../text/count.ts'
import { listed } from '../text/listed.ts'
import { optionWord } from '../wording/command-line.ts'

/** What the command line says of the width. */
export interface AskedWidth {
  readonly width: Width
  readonly widthGiven?: true
}

/**
 * Bits of one access at a place: where it is a register that has a width of its own, that; else what
 * was asked for. Throws EWIDTH where another one was.
 */
export function widthAt(place: Place, { width, widthGiven }: AskedWidth): Width {
  if (widthGiven) checkOwnWidth(place, width)
  return registersOf(place)?.width ?? width
}

/**
 * Throws EWIDTH for a width that this kind of place has not, or its registers have not, and EALIGN for an
 * offset inside of one, as a description may have them.
 */
export function checkOwnWidth(place: Place, width: Width): void {
  const widths = widthsOf(place)
  const registers = registersOf(place)
  if (registers === undefined && widths.includes(width)) return
  const input = formatPlace(place)
  const data = { input, place: input, width }
  if (!widths.includes(width)) {
    const message = `${input} has no accesses of ${width} bits: expected ${listed(widths, 'or')}`
    throw new RequestError('EWIDTH', message, data)
  }
  if (registers === undefined) return
  const { plural, width: own } = registers
  if (width !== own) {
    const message = `${input}: ${plural} have ${own} bits and cannot be accessed with ${width}`
    throw new RequestError('EWIDTH', message, { ...data, cure: `use ${optionWord('width', own)}` })
  }
  const inside = place.offset % (own / 8)
  if (inside === 0) return
  const message = `${counted(inside, 'byte')} after ${input} is not the start of a register: ${plural} are ${counted(own / 8, 'byte')} apart`
  throw new RequestError('EALIGN', message, data)
}
