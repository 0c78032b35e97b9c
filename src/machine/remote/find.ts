import { RequestError } from '../../base/errors.ts'
import type { NodeSource } from '../../engine/node-source.ts'
import type { Mode } from '../../engine/source.ts'
import type { PagedSystem } from '../../linux/system.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Reach } from '../../place/located.ts'
import { formatPlace } from '../../place/place.ts'
import { isInMemory, isPhysical, memoryOf, type Place } from '../../place/schemes/index.ts'
import type { KernelPlace } from '../../place/schemes/kernel.ts'
import { isInConfig } from '../../place/schemes/pci.ts'
import type { PidPlace } from '../../place/schemes/pid.ts'
import { clip } from '../../text/refuse.ts'
import { checkMappable, pciBarSource } from '../../ways/pci.ts'
import { openPciConfig } from '../../ways/pci-config.ts'
import { uioSource } from '../../ways/uio.ts'
import { nameOfMemory } from '../local/resolve/mapped.ts'
import { pciFunctionOf } from '../local/resolve/pci.ts'
import { physicalStretch } from '../local/resolve/stretch.ts'
import type { OpenPaged } from './pages.ts'

/** Where a place is on a machine far away. Nothing is open yet. */
export interface FoundRemote {
  /** Places with the same key are in the same memory. */
  key: string
  address: number
  length?: number | undefined
  /** What is mapped. Without it, and without `open`: the physical memory. */
  source?: NodeSource | undefined
  /** Opens what is not mapped, but accessed through a file, or by instructions. */
  open?(reach: Reach): Promise<Memory>
  /** Opens what is scattered in the physical memory. */
  openPaged?: OpenPaged
}

/** A pure question. Rejects when the place does not exist, or is of a kind that the agent does not reach. */
export async function findRemote(
  place: Place,
  length: number,
  mode: Mode,
  system: PagedSystem,
): Promise<FoundRemote> {
  if (isPhysical(place)) {
    return { key: 'physical', ...(await physicalStretch(place, length, system)) }
  }
  if (isInMemory(place)) return memoryOf(place)
  if (place.scheme === 'uio') {
    const source = uioSource(place, mode, system)
    return { key: nameOfMemory(place, system.files), address: place.offset, source }
  }
  if (place.scheme === 'pci') {
    const device = pciFunctionOf(place, system.files)
    if (isInConfig(place)) {
      const open = ({ files }: Reach) => openPciConfig(device, mode, files)
      return { key: `pci:${device}/config`, address: place.offset, open }
    }
    const { bar, writeCombining } = place
    const which = { device, bar, writeCombining }
    const source = pciBarSource(which, mode, system)
    checkMappable(which, system)
    return { key: nameOfMemory(place, system.files), address: place.offset, source }
  }
  if (place.scheme === 'pid' || place.scheme === 'kernel') {
    return await findVirtual(place, length, mode, system)
  }
  throw notReached(place)
}

async function findVirtual(
  place: PidPlace | KernelPlace,
  length: number,
  mode: Mode,
  system: PagedSystem,
): Promise<FoundRemote> {
  const { openKernel, openProcess } = await import('./pages.ts')
  if (place.scheme === 'kernel') {
    const { splitInKernel } = await import('../local/resolve/kernel.ts')
    const split = splitInKernel(place, length, system)
    return { key: split.key, address: split.address, openPaged: openKernel(split) }
  }
  const { splitInProcess } = await import('../local/resolve/process.ts')
  const split = splitInProcess(place, length)
  return { key: split.key, address: split.address, openPaged: openProcess(place, split, mode) }
}

/** The error of a place of a kind that an agent does not reach. */
function notReached(place: Place): RequestError {
  const name = formatPlace(place)
  const message = `${clip(name)} is not reached on another machine: an agent reaches no ${place.scheme}:`
  return new RequestError('ESCHEME', message, { input: name })
}
