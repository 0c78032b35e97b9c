import type { I2cOpener } from '../../engine/i2c-node.ts'
import type { NodeSource } from '../../engine/node-source.ts'
import type { Mode } from '../../engine/source.ts'
import type { PagedSystem } from '../../linux/system.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Reach } from '../../place/located.ts'
import { formatPlace } from '../../place/place.ts'
import type { FilePlace } from '../../place/schemes/file.ts'
import { isInMemory, isPhysical, memoryOf, type Place } from '../../place/schemes/index.ts'
import type { KernelPlace } from '../../place/schemes/kernel.ts'
import { isInConfig } from '../../place/schemes/pci.ts'
import type { PidPlace } from '../../place/schemes/pid.ts'
import { type I2cOptions, openI2c } from '../../ways/i2c.ts'
import { checkMappable, pciBarSource } from '../../ways/pci.ts'
import { openPciConfig } from '../../ways/pci-config.ts'
import { uioSource } from '../../ways/uio.ts'
import { whereMapped } from '../local/resolve/mapped.ts'
import { pciFunctionOf } from '../local/resolve/pci.ts'
import { physicalStretch } from '../local/resolve/stretch.ts'
import type { OpenPaged } from './pages.ts'

/** Where a place is on a machine far away. Nothing is open yet. */
export interface FoundRemote {
  /** Places with the same key are in the same memory. */
  key: string
  /** Of what is there now, as far as that is known without another trip. */
  identity?: string | undefined
  address: number
  length?: number | undefined
  /** What is mapped. Without it, and without `open`: the physical memory. */
  source?: NodeSource | undefined
  /** Opens what is not mapped, but accessed through a file, or by instructions. */
  open?(reach: RemoteReach): Promise<Memory>
  /** Opens what is scattered in the physical memory. */
  openPaged?: OpenPaged
}

/** What memories are opened by on another machine. */
export interface RemoteReach extends Reach {
  /** How I2C devices are accessed, and whether blocks over ranges of their registers are allowed. */
  i2c: I2cOptions & { opener: I2cOpener }
}

/** A pure question. Rejects when the place does not exist. */
export async function findRemote(
  place: Exclude<Place, FilePlace>,
  length: number,
  mode: Mode,
  system: PagedSystem,
): Promise<FoundRemote> {
  if (isPhysical(place)) {
    return { key: 'physical', ...(await physicalStretch(place, length, system)) }
  }
  if (isInMemory(place)) {
    const { key, address, open } = memoryOf(place)
    return { key, address, open }
  }
  if (place.scheme === 'uio') {
    const where = whereMapped(place, system.files)
    return { ...where, source: uioSource(place, mode, system) }
  }
  if (place.scheme === 'pci') {
    const device = pciFunctionOf(place, system.files)
    if (isInConfig(place)) {
      const open = ({ files }: Reach) => openPciConfig(device, mode, files)
      return { key: `pci:${device}/config`, address: place.offset, open }
    }
    const where = whereMapped(place, system.files)
    const { bar, writeCombining } = place
    const which = { device, bar, writeCombining }
    const source = pciBarSource(which, mode, system)
    checkMappable(which, system)
    return { ...where, source }
  }
  if (place.scheme === 'i2c') {
    const name = formatPlace({ ...place, offset: 0 })
    const open = ({ i2c: { opener, ...options } }: RemoteReach) =>
      openI2c({ ...place, name }, mode, opener, options)
    return { key: name, address: place.offset, open }
  }
  return await findVirtual(place, length, mode, system)
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
