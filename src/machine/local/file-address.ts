import { PhysmemError } from '../../base/errors.ts'
import { filesAt } from '../../linux/files-at.ts'
import type { LocalSystem } from '../../linux/system.ts'
import type { FilePlace } from '../../place/schemes/file.ts'
import { hasNoAddress, keepWithoutAddress } from './no-address.ts'
import { addressOfMapped } from './resolve/mapped-address.ts'

/** The physical address of a byte of a file or device node; `undefined` where it has none. */
export function addressOfFile(place: FilePlace, system: LocalSystem): number | undefined {
  if (hasNoAddress(place, system)) return undefined
  try {
    return addressOfMapped(place, system.now())
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    // Not where the offset alone was wrong, or the file may be there later.
    if (error.code === 'ENOPLACE' && filesAt().status(place.path) !== undefined)
      keepWithoutAddress(place, system)
    return undefined
  }
}
