import type { FileOpener } from '../../engine/access-file.ts'
import type { I2cOpener } from '../../engine/i2c-node.ts'
import type { NodeSource } from '../../engine/node-source.ts'
import type { Mode } from '../../engine/source.ts'
import type { PagedSystem } from '../../linux/system.ts'
import type { Memory } from '../../memory/memory.ts'
import { formatPlace } from '../../place/place.ts'
import type { FilePlace } from '../../place/schemes/file.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { KernelPlace } from '../../place/schemes/kernel.ts'
import { isInConfig } from '../../place/schemes/pci.ts'
import type { PidPlace } from '../../place/schemes/pid.ts'
import { type I2cOptions, openI2c } from '../../ways/i2c.ts'
import { openMsrs } from '../../ways/msr.ts'
import { checkMappable, pciBarSource } from '../../ways/pci.ts'
import { openPciConfig } from '../../ways/pci-config.ts'
import { openPorts, type PortOptions } from '../../ways/port.ts'
import { openRegmap } from '../../ways/regmap.ts'
import { uioSource } from '../../ways/uio.ts'
import { nameOfMemory } from '../local/resolve/mapped.ts'
import { pciFunctionOf } from '../local/resolve/pci.ts'
import { isPhysical, physicalStretch } from '../local/resolve/stretch.ts'
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
  open?(ways: RemoteWays): Promise<Memory>
  /** Opens what is scattered in the physical memory. */
  openPaged?: OpenPaged
}

/** What opens memories that are not mapped, and whether blocks are allowed where accesses act on devices. */
export interface RemoteWays {
  files: FileOpener
  ports: Pick<PortOptions, 'blocks' | 'instructions'>
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
  if (place.scheme === 'uio') {
    const source = uioSource(place, mode, system)
    return { key: nameOfMemory(place, system.files), address: place.offset, source }
  }
  if (place.scheme === 'pci') {
    const device = pciFunctionOf(place, system.files)
    if (isInConfig(place)) {
      const open = ({ files }: RemoteWays) => openPciConfig(device, mode, files)
      return { key: `pci:${device}/config`, address: place.offset, open }
    }
    const { bar, writeCombining } = place
    const which = { device, bar, writeCombining }
    const source = pciBarSource(which, mode, system)
    checkMappable(which, system)
    return { key: nameOfMemory(place, system.files), address: place.offset, source }
  }
  if (place.scheme === 'msr') {
    const { cpu, offset } = place
    return {
      key: `msr:cpu${cpu}`,
      address: offset,
      open: ({ files }) => openMsrs(cpu, mode, files),
    }
  }
  if (place.scheme === 'regmap') {
    const { name, offset } = place
    return { key: `regmap:${name}`, address: offset, open: ({ files }) => openRegmap(name, files) }
  }
  if (place.scheme === 'port') {
    const open = ({ files, ports }: RemoteWays) => openPorts(files, { mode, ...ports })
    return { key: 'port', address: place.offset, open }
  }
  if (place.scheme === 'i2c') {
    const name = formatPlace({ ...place, offset: 0 })
    const open = ({ i2c: { opener, ...options } }: RemoteWays) =>
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
