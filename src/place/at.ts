import { formatHex } from '../text/number.ts'
import { formatPlace } from './place.ts'
import type { Place } from './schemes/index.ts'

/** The place `bytes` after another. */
export function placeAt(place: Place, offset: number): Place {
  return { ...place, offset: place.offset + offset }
}

/** A place as people read it: an address has at least eight digits. */
export function showPlace(place: Place, digits = 8): string {
  return place.scheme === 'address' ? formatHex(place.offset, digits * 4) : formatPlace(place)
}
