import { RequestError } from '../base/errors.ts'
import { ADDRESS_LIMIT } from '../base/limits.ts'
import { inTurn, type Pending } from '../base/pending.ts'
import type { Width } from '../base/width.ts'
import type { Location } from '../machine/machine.ts'
import type { Memory } from '../memory/memory.ts'
import {
  formatRange,
  type OpenRange,
  type Operand,
  type Range,
  type WholePlace,
} from '../place/index.ts'
import { formatPlace } from '../place/place.ts'
import { expectedRange, hasEnd } from '../place/range.ts'
import type { Place } from '../place/schemes/index.ts'
import { formatHex } from '../text/number.ts'
import { clip, malformed } from '../text/refuse.ts'
import { checkWhole } from './element.ts'
import type { Locator } from './locator.ts'

export interface BoundedOptions {
  /** Absent where any number of bytes will do. */
  width?: Width | undefined
  /** As it was written, for messages. */
  text: string
  /** Bytes of a place alone where nobody knows how many it has. */
  otherwise?: number | undefined
  /** Whether a place without a byte will do. */
  mayBeEmpty?: boolean
}

/**
 * Throws EALIGN when a range that is written is not a whole number of elements. Asked before a
 * machine is opened, so that all of a command line is looked at first.
 */
export function checkExtent(
  extent: Range | OpenRange | WholePlace,
  { width, text }: Pick<BoundedOptions, 'width' | 'text'>,
): void {
  if (extent.kind === 'range' && width !== undefined)
    checkWhole(extent.length, width, text, extent.place)
}

/**
 * The range, with the length that its place has where none is written. The place is opened for that,
 * and nothing is accessed. Throws ESYNTAX where nobody knows the length, ERANGE when the place is
 * empty, EALIGN when its length is not a whole number of elements.
 */
export async function bounded(
  extent: Range | OpenRange | WholePlace,
  machine: Locator,
  { width, text, otherwise, mayBeEmpty = false }: BoundedOptions,
): Promise<Range> {
  checkExtent(extent, { width, text })
  if (extent.kind === 'range') return extent
  const { place } = extent
  const rest = await restOf(place, machine)
  if (rest === 0) {
    if (mayBeEmpty) return { kind: 'range', place, length: 0 }
    const named = formatPlace(place)
    throw new RequestError('ERANGE', `${named} is empty`, { place: named })
  }
  if (rest !== undefined && width !== undefined) checkWhole(rest, width, text)
  const length = rest ?? (extent.kind === 'place' && otherwise ? atMost(place, otherwise) : 0)
  if (length > 0) return { kind: 'range', place, length }
  const end = extent.kind === 'open' ? 'its end is not known, ' : ''
  throw malformed(text, 'a range', `${end}${expectedRange(place)}`)
}

function atMost({ offset, scheme }: Place, length: number): number {
  // Each port is a register of its own, as are those of an I2C device: how many are read is for a
  // person to say.
  return scheme === 'port' || scheme === 'i2c' ? 0 : Math.min(length, ADDRESS_LIMIT - offset)
}

/** The same for what `read` takes, in which a place alone is one element. */
export function boundedAll(
  asked: readonly (Operand | Range | OpenRange)[],
  machine: Locator,
  width: Width,
): Pending<(Operand | Range)[]> {
  return inTurn(
    asked,
    (one): Pending<Operand | Range> =>
      one.kind === 'open' ? bounded(one, machine, { width, text: formatRange(one) }) : one,
  )
}

/** Throws ERANGE for a place behind the end of its memory, at which no range begins. */
function checkAnything(place: Place, address: number, { name, length }: Memory): void {
  if (length === undefined || address < length) return
  const named = formatPlace(place)
  const end = length === 0 ? 'is empty' : `ends at ${formatHex(length)}`
  const message = `nothing is at ${clip(named)}: ${name} ${end}`
  throw new RequestError('ERANGE', message, { place: named, address })
}

/**
 * Bytes from a place to the end of what it names, 0 where that is empty; `undefined` where it has no
 * end that is known.
 */
export async function restOf(place: Place, machine: Locator): Promise<number | undefined> {
  if (!hasEnd(place)) return undefined
  const { memory, address, length }: Location = await machine.locate(place, 1)
  if (memory.length === 0 && place.offset === 0) return 0
  checkAnything(place, address, memory)
  if (length !== undefined) return length
  return memory.length === undefined ? undefined : memory.length - address
}
