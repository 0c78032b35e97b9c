import { localFiles } from '../../../engine/access-file.ts'
import { ownPorts } from '../../../engine/port-instructions.ts'
import type { PortPlace } from '../../../place/schemes/port.ts'
import { openPorts } from '../../../ways/port.ts'
import type { Found, Surroundings } from '../../found.ts'

/** An I/O port; the address is its number. */
export function findPort(place: PortPlace, { mode, system, actOnPorts }: Surroundings): Found {
  return {
    key: 'port',
    address: place.offset,
    open: async () => {
      const instructions = system.isHere ? ownPorts() : undefined
      const options = { mode, blocks: actOnPorts, instructions }
      return { memory: await openPorts(localFiles(system), options) }
    },
  }
}
