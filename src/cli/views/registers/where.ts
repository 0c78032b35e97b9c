import type { Whereabouts } from '../../../device/register.ts'
import { showPlace } from '../../../place/at.ts'

/**
 * Where a register is; of one that is where its device says, what says so, which is not a place.
 */
export function showWhere({ place, start, behind }: Whereabouts): string {
  if (place !== undefined) return showPlace(place)
  return `${showPlace(start)}+[${behind.width} bits at ${showPlace(behind.place)}]`
}
