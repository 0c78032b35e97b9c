import { RefusedError } from '../../base/errors.ts'
import type { LocalSystem } from '../../linux/system.ts'
import { formatPlace } from '../../place/place.ts'
import { registersOf } from '../../place/registers.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { PidPlace } from '../../place/schemes/pid.ts'
import type { PortPlace } from '../../place/schemes/port.ts'
import type { ProcessTranslator } from '../../translate/process-translator.ts'
import { isMapped } from './resolve/mapped.ts'
import { isPhysical, physicalStretch } from './resolve/stretch.ts'

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
export async function addressOfPlace(place: Place, system: LocalSystem): Promise<PlaceAddress> {
  if (place.scheme === 'port') return { space: 'ports', address: place.offset }
  return { space: 'memory', address: await physicalAddress(place, system) }
}

async function physicalAddress(
  place: Exclude<Place, PortPlace>,
  system: LocalSystem,
): Promise<number> {
  if (isPhysical(place)) return (await physicalStretch(place, 1, system.now())).address
  switch (place.scheme) {
    case 'pid': {
      const { ProcessTranslator } = await import('../../translate/process-translator.ts')
      return translated(new ProcessTranslator(place.pid, system), place)
    }
    case 'kernel': {
      const { translateKernel } = await import('../../translate/kernel.ts')
      const { at, offset } = place
      const virtual = typeof at === 'bigint' ? at : translateKernel(at, system).virtual
      return translateKernel(virtual + BigInt(offset), system).address
    }
    default: {
      if (!isMapped(place)) throw untold(place)
      return (await import('./resolve/mapped-address.ts')).addressOfMapped(place, system.now())
    }
  }
}

function translated(opened: ProcessTranslator, { virtual, offset }: PidPlace): number {
  using translator = opened
  return translator.translate(virtual + BigInt(offset)).address
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
