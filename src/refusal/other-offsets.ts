import { join } from 'node:path'
import type { CharDevice } from '../linux/char-device.ts'
import { readBars } from '../linux/pci.ts'
import { listFolder } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import { listUio } from '../linux/uio.ts'
import type { Refusal } from './refusal.ts'

/** Whose nodes take something else than a byte as the offset of mmap; `hidden`: or may do so. */
export type OffsetOwner = 'uio' | 'vfio' | 'drm' | 'procfs' | 'hidden'

const REASONS: Record<OffsetOwner, string> = {
  uio: 'it is a UIO device, whose mmap takes the number of a map as offset, not a byte',
  vfio: 'it belongs to VFIO, whose mmap takes the number of a region as offset, not a byte',
  drm: 'it belongs to a graphics driver, whose mmap takes the handle of a buffer as offset, not a byte',
  procfs: 'its mmap takes an address on the bus as offset, not a byte',
  hidden:
    'it may be a BAR, which starts anywhere in its page: no mount that is visible here says which file of sysfs or procfs it is',
}

/** For what nothing can be named in. */
const CURES: Partial<Record<OffsetOwner, string>> = {
  hidden: 'name the BAR by its PCI function, such as pci:0000:00:04.0/bar0',
}

/** Why a node is not mapped by its path, and which places name what it stands for. */
export function explainOffsets(owner: OffsetOwner, device: CharDevice, system: System): Refusal {
  const places = owner === 'uio' ? mapsOf(device, system) : barsOf(owner, device, system)
  const refusal: Refusal = { code: 'ENOPLACE', reason: REASONS[owner] }
  const cure = places.length > 0 ? `name what is in it: ${places.join(', ')}` : CURES[owner]
  return cure === undefined ? refusal : { ...refusal, cure }
}

function mapsOf({ name }: CharDevice, system: System): string[] {
  const device = listUio(system.files).find(({ number }) => `uio${number}` === name)
  return (device?.maps ?? []).map(({ number }) => `uio:${name}/map${number}`)
}

function barsOf(owner: OffsetOwner, { name, parent }: CharDevice, system: System): string[] {
  // Documentation/driver-api/vfio.rst: /dev/vfio/N is the IOMMU group N.
  const group = join('/sys/kernel/iommu_groups', name, 'devices')
  const inGroup = owner === 'vfio' && /^\d+$/.test(name) ? listFolder(system.files, group) : []
  const functions = inGroup.length > 0 ? inGroup : parent === undefined ? [] : [parent]
  return functions.flatMap((one) =>
    readBars(one, system.files)
      .filter(({ kind, assigned }) => kind === 'memory' && assigned)
      .map(({ number }) => `pci:${one}/bar${number}`),
  )
}
