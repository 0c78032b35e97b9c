import { localFiles } from '../../../engine/access-file.ts'
import { ownPorts } from '../../../engine/port-instructions.ts'
import { identityAt } from '../../../linux/identity.ts'
import type { Reach } from '../../../place/located.ts'
import { type MemoryPlace, memoryOf } from '../../../place/schemes/index.ts'
import type { Found, Surroundings } from '../../found.ts'

/** A place in a memory of its kind, which its scheme opens. */
export async function findInMemory(
  place: MemoryPlace,
  { mode, system, actOnPorts }: Surroundings,
): Promise<Found> {
  const { open, file, ...where } = memoryOf(place)
  const reach: Reach = {
    mode,
    files: localFiles(system),
    ports: () => ({
      blocks: actOnPorts,
      instructions: system.isHere ? ownPorts() : undefined,
    }),
  }
  const identity = file && identityAt(await file(), system.files)
  return { ...where, identity, open: async () => ({ memory: await open(reach) }) }
}
