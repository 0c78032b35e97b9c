import { localFiles } from '../../../engine/access-file.ts'
import { ownPorts } from '../../../engine/port-instructions.ts'
import type { Reach } from '../../../place/located.ts'
import { type MemoryPlace, memoryOf } from '../../../place/schemes/index.ts'
import type { Found, Surroundings } from '../../found.ts'

/** A place in a memory of its kind, which its scheme opens. */
export function findInMemory(
  place: MemoryPlace,
  { mode, system, actOnPorts }: Surroundings,
): Found {
  const { open, ...where } = memoryOf(place)
  const reach: Reach = {
    mode,
    files: localFiles(system),
    ports: () => ({
      blocks: actOnPorts,
      instructions: system.isHere ? ownPorts() : undefined,
    }),
  }
  return { ...where, open: async () => ({ memory: await open(reach) }) }
}
