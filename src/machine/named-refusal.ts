import type { PhysmemError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import { showPlace } from '../place/at.ts'
import type { Place } from '../place/schemes/index.ts'

/** Kinds of place whose addresses are offsets from their own start, which say nothing besides. */
const OWN_ADDRESSES: readonly Place['scheme'][] = ['pci', 'uio', 'file']

/** The error of a mapping that was refused, by the place that was asked for; another error as it is. */
export function namingPlace<E extends PhysmemError>(error: E, place: Place): E {
  const { subject } = error.data
  if (subject === undefined || place.scheme === 'address') return error
  const where = showPlace(place)
  const named = OWN_ADDRESSES.includes(place.scheme) ? where : `${where}, at ${subject},`
  const message = named + error.message.slice(subject.length)
  return retell(error, { message, data: { subject: named } })
}
