import { RefusedError } from '../../base/errors.ts'
import type { PagedSystem, System } from '../../linux/system.ts'
import { formatPlace } from '../../place/place.ts'
import { registersOf } from '../../place/registers.ts'
import { isPhysical, type Place } from '../../place/schemes/index.ts'
import { type Asking, askHere } from '../../translate/asking.ts'
import { isMapped } from './resolve/mapped.ts'
import { physicalStretch } from './resolve/stretch.ts'

/** A physical address, or an I/O port. */
export interface PlaceAddress {
  space: 'memory' | 'ports'
  address: number
}

/**
 * The physical address of a place, or its port, as far as it is known without opening it. That of
 * a page may be another one a moment later. Rejects as `Machine.locate` and reading do for a place
 * that does not exist or is not memory, with ENOPHYSICAL for one whose address nobody tells, and
 * with what translation is refused for.
 */
export function addressOfPlace(place: Place, system: PagedSystem): Promise<PlaceAddress> {
  return addressOfPlaceBy(askHere(system), place)
}

/** The same on a machine that may be far away. */
export async function addressOfPlaceBy(asking: Asking, place: Place): Promise<PlaceAddress> {
  const told = await asking.ask(() => addressByFacts(place, asking.system.now()))
  return told ?? { space: 'memory', address: await translatedAddress(place, asking) }
}

/** The same where facts alone tell it: a pure question. `undefined` for virtual addresses. */
export async function addressByFacts(
  place: Place,
  system: System,
): Promise<PlaceAddress | undefined> {
  if (place.scheme === 'port') return { space: 'ports', address: place.offset }
  if (isPhysical(place)) {
    return { space: 'memory', address: (await physicalStretch(place, 1, system)).address }
  }
  if (place.scheme === 'pid' || place.scheme === 'kernel') return undefined
  if (!isMapped(place)) throw untold(place)
  const { addressOfMapped } = await import('./resolve/mapped-address.ts')
  return { space: 'memory', address: addressOfMapped(place, system) }
}

async function translatedAddress(place: Place, asking: Asking): Promise<number> {
  const { system } = asking
  switch (place.scheme) {
    case 'pid': {
      const { addressInProcess } = await import('../../translate/process-address.ts')
      return await addressInProcess(asking, place.pid, place.virtual + BigInt(place.offset))
    }
    case 'kernel': {
      const { translateKernel } = await import('../../translate/kernel.ts')
      const { at, offset } = place
      return await asking.ask(() => {
        const virtual = typeof at === 'bigint' ? at : translateKernel(at, system).virtual
        return translateKernel(virtual + BigInt(offset), system).address
      })
    }
    default:
      throw untold(place)
  }
}

/** Of a kind of place that has no row here. */
function untold(place: Place): RefusedError {
  const text = formatPlace(place)
  const registers = registersOf(place)
  const message =
    registers === undefined
      ? `the physical address of ${text} is not known`
      : `${text} is one of the ${registers.plural}, which have no physical address`
  return new RefusedError('ENOPHYSICAL', message, { place: text })
}
