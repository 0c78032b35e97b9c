import type { PhysmemError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import { showPlace } from '../place/at.ts'
import type { Place } from '../place/schemes/index.ts'
import { isMapped } from './local/resolve/mapped.ts'

/** The error of a mapping that was refused, by the place that was asked for; another error as it is. */
export function namingPlace<E extends PhysmemError>(error: E, place: Place): E {
  const { subject } = error.data
  if (subject === undefined || place.scheme === 'address') return error
  const where = showPlace(place)
  // The addresses of what is mapped as it is are offsets from its own start: the place has them.
  const named = isMapped(place) ? where : `${where}, at ${subject},`
  const message = named + error.message.slice(subject.length)
  return retell(error, { message, data: { subject: named } })
}
