import type { PortPlace } from '../../../place/schemes/port.ts'
import { openPorts } from '../../../ways/port.ts'
import type { Found, Surroundings } from '../../found.ts'

/** An I/O port; the address is its number. */
export function findPort(place: PortPlace, { mode, system, actOnPorts }: Surroundings): Found {
  return {
    key: 'port',
    address: place.offset,
    open: async () => ({ memory: openPorts(mode, system, { blocks: actOnPorts }) }),
  }
}
