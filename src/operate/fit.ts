import { existsSync } from 'node:fs'
import { RequestError } from '../base/errors.ts'
import type { Width } from '../base/width.ts'
import type { System } from '../linux/system.ts'
import type { OpenRange, Range, WholePlace } from '../place/index.ts'
import type { Place } from '../place/schemes/index.ts'
import { fitting } from '../text/suggest.ts'
import { isBytewise } from './element.ts'
import { checkExtent } from './extent.ts'
import { isRegularFile } from './files.ts'

/**
 * Whether the width is for physmem to choose: none was given, and all that is accessed lies in regular
 * files, to which it is no matter how many bytes are loaded at once. Of a device, or of RAM that a
 * device looks at, no access is made that nobody asked for.
 */
export function isFreeWidth(
  { widthGiven }: { readonly widthGiven?: true },
  ...places: readonly Place[]
): boolean {
  // What is not there is refused when it is opened, or made by an earlier line of a batch.
  const inFile = (place: Place) =>
    place.scheme === 'file' && (isRegularFile(place.path) || !existsSync(place.path))
  return widthGiven !== true && places.every(inFile)
}

/** A range, or what may stand for one; what is suggested for it goes with the width. */
export function parseExtent<T extends Range | OpenRange | WholePlace>(
  text: string,
  parse: (text: string) => T,
  context: {
    readonly settings: { width: Width; widthGiven?: true }
    readonly facts: System | undefined
  },
): T {
  return fitting(text, parse, (extent) => {
    const { width } = context.settings
    if (isFreeWidth(context.settings, extent.place)) return
    isBytewise(extent.place, width, { system: context.facts })
    checkExtent(extent, { width, text })
  })
}

/** The widest access up to `width` of which `length` bytes from each of these places are a whole number. */
export function fittingWidth(
  { facts }: { readonly facts: System | undefined },
  width: Width,
  length: number,
  ...places: readonly Place[]
): Width {
  const fits = (other: Width) =>
    other <= width &&
    length % (other / 8) === 0 &&
    places.every((place) => isAligned(place, other, facts))
  return ([64, 32, 16] as const).find(fits) ?? 8
}

function isAligned(place: Place, width: Width, system: System | undefined): boolean {
  if (place.scheme === 'i2c') return width === 8 // Nothing says where the next wider one is.
  try {
    return !isBytewise(place, width, { system })
  } catch (error) {
    if (error instanceof RequestError && error.code === 'EALIGN') return false
    throw error
  }
}
