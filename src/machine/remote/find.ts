import { RequestError } from '../../base/errors.ts'
import type { NodeSource } from '../../engine/node-source.ts'
import type { Mode } from '../../engine/source.ts'
import type { System } from '../../linux/system.ts'
import { formatPlace } from '../../place/place.ts'
import type { Place } from '../../place/schemes/index.ts'
import { isInConfig } from '../../place/schemes/pci.ts'
import { clip } from '../../text/refuse.ts'
import { checkMappable, pciBarSource } from '../../ways/pci.ts'
import { uioSource } from '../../ways/uio.ts'
import { nameOfMemory } from '../local/resolve/mapped.ts'
import { pciFunctionOf } from '../local/resolve/pci.ts'
import { isPhysical, physicalStretch } from '../local/resolve/stretch.ts'

/** Where a place is on a machine far away. Nothing is open yet. */
export interface FoundRemote {
  /** Places with the same key are in the same memory. */
  key: string
  address: number
  length?: number | undefined
  /** What is mapped; `undefined` for the physical memory. */
  source?: NodeSource | undefined
}

/** A pure question. Rejects when the place does not exist, or is of a kind that the agent does not reach. */
export async function findRemote(
  place: Place,
  length: number,
  mode: Mode,
  system: System,
): Promise<FoundRemote> {
  if (isPhysical(place)) {
    return { key: 'physical', ...(await physicalStretch(place, length, system)) }
  }
  if (place.scheme === 'uio') {
    const source = uioSource(place, mode, system)
    return { key: nameOfMemory(place, system.files), address: place.offset, source }
  }
  if (place.scheme === 'pci' && !isInConfig(place)) {
    const { bar, writeCombining } = place
    const which = { device: pciFunctionOf(place, system.files), bar, writeCombining }
    const source = pciBarSource(which, mode, system)
    checkMappable(which, system)
    return { key: nameOfMemory(place, system.files), address: place.offset, source }
  }
  throw notReached(place)
}

/** The error of a place of a kind that an agent does not reach. */
function notReached(place: Place): RequestError {
  const name = formatPlace(place)
  const message = `${clip(name)} is not reached on another machine: only addresses, iomem:, dt:, dtb:, BARs and uio: are`
  return new RequestError('ESCHEME', message, { input: name })
}
