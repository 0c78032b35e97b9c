import type { Width } from '../base/width.ts'
import type { Whereabouts } from '../device/register.ts'
import { formatPlace } from '../place/place.ts'

/** Where a register is: `place`, or as many bytes behind `start` as is read at `behind`. */
export interface WhereReport {
  place?: string
  start?: string
  behind?: { place: string; width: Width }
}

export function whereToJson({ place, start, behind }: Whereabouts): WhereReport {
  if (place !== undefined) return { place: formatPlace(place) }
  const { width } = behind
  return { start: formatPlace(start), behind: { place: formatPlace(behind.place), width } }
}
