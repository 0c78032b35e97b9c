import { localFiles } from '../../../engine/access-file.ts'
import type { MsrPlace } from '../../../place/schemes/msr.ts'
import { openMsrs } from '../../../ways/msr.ts'
import type { Found, Surroundings } from '../../found.ts'

/** A model-specific register; the address is 8 times its number. */
export function findMsr({ cpu, offset }: MsrPlace, { mode, system }: Surroundings): Found {
  return {
    key: `msr:cpu${cpu}`,
    address: offset,
    open: async () => ({ memory: await openMsrs(cpu, mode, localFiles(system)) }),
  }
}
