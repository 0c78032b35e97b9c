import { localFiles } from '../../../engine/access-file.ts'
import type { RegmapPlace } from '../../../place/schemes/regmap.ts'
import { openRegmap } from '../../../ways/regmap.ts'
import type { Found, Surroundings } from '../../found.ts'

/** A register of a regmap; the address is 4 times its number. */
export function findInRegmap({ name, offset }: RegmapPlace, { system }: Surroundings): Found {
  return {
    key: `regmap:${name}`,
    address: offset,
    open: async () => ({ memory: await openRegmap(name, localFiles(system)) }),
  }
}
