import type { Width } from '../base/width.ts'
import type { Whereabouts } from '../device/register.ts'
import { addressToldBy, type ShownAddress } from '../operate/shown-address.ts'
import { formatPlace } from '../place/place.ts'

/** Where a register is: `place`, or as many bytes behind `start` as is read at `behind`. */
export interface WhereReport {
  place?: string
  /** Of its place, where the place itself tells it: nothing is opened for it. */
  address?: ShownAddress
  start?: string
  behind?: { place: string; width: Width }
}

export function whereToJson({ place, start, behind }: Whereabouts): WhereReport {
  if (place !== undefined) {
    const address = addressToldBy(place)
    return { place: formatPlace(place), ...(address === undefined ? {} : { address }) }
  }
  const { width } = behind
  return { start: formatPlace(start), behind: { place: formatPlace(behind.place), width } }
}
