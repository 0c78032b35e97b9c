import { PhysmemError } from '../../base/errors.ts'
import { filesAt } from '../../linux/files-at.ts'
import type { LocalSystem } from '../../linux/system.ts'
import type { FilePlace } from '../../place/schemes/file.ts'
import { addressOfMapped } from './resolve/mapped-address.ts'

/** The physical address of a byte of a file or device node; `undefined` where it has none. */
export function addressOfFile(place: FilePlace, system: LocalSystem): number | undefined {
  const known = withoutAddress.get(system)
  if (known?.has(place.path)) return undefined
  try {
    return addressOfMapped(place, system.now())
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    // Not where the offset alone was wrong, or the file may be there again.
    if (error.code === 'ENOPLACE' && filesAt().status(place.path) !== undefined)
      withoutAddress.set(system, (known ?? new Set()).add(place.path))
    return undefined
  }
}

/**
 * Of each machine, files that lie nowhere in physical memory: a batch reads and writes the same one a thousand times, and
 * telling what a path is takes longer than all else of such a line.
 */
const withoutAddress = new WeakMap<LocalSystem, Set<string>>()
