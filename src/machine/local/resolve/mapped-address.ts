/** The physical address of what is mapped as it is, told by what `mapped.ts` opens it by. */

import { statSync } from 'node:fs'
import { type PhysmemError, RefusedError, RequestError } from '../../../base/errors.ts'
import { openingError } from '../../../engine/open-node.ts'
import { deviceName } from '../../../linux/device-name.ts'
import type { Files } from '../../../linux/files.ts'
import type { System } from '../../../linux/system.ts'
import { listDmaBuffers } from '../../../linux/udmabuf.ts'
import { findUioMap } from '../../../linux/uio-find.ts'
import { checkInside } from '../../../memory/bounds.ts'
import { formatPlace } from '../../../place/place.ts'
import type { FilePlace } from '../../../place/schemes/file.ts'
import type { UioPlace } from '../../../place/schemes/uio.ts'
import { behindIommu } from '../../../refusal/udmabuf.ts'
import { clip } from '../../../text/refuse.ts'
import { checkKind, offsetsError } from '../../../ways/file.ts'
import { nodeKind } from '../../../ways/node-kind.ts'
import { findBar, type PciBar } from '../../../ways/pci.ts'
import type { MappedPlace } from './mapped.ts'
import { pciFunctionOf } from './pci.ts'

/** drivers/char/mem.c: its bytes lie at their physical addresses. */
const DEV_MEM = '1:1'

/**
 * Throws ENOPLACE as reading the place does, ENOPHYSICAL for memory whose address nobody tells, and
 * ERANGE for what is not inside. Nothing is opened.
 */
export function addressOfMapped(place: MappedPlace, system: System): number {
  const { address, length } = stretchOf(place, system)
  checkInside(place.offset, place.offset + 1, wholeOf(place), length)
  return address + place.offset
}

function stretchOf(place: MappedPlace, system: System): { address: number; length: number } {
  switch (place.scheme) {
    case 'pci': {
      const { bar, writeCombining } = place
      return ofBar({ device: pciFunctionOf(place, system.files), bar, writeCombining }, system)
    }
    case 'uio':
      return ofUio(place, system.files)
    case 'file':
      return ofFile(place, system)
  }
}

function ofBar(bar: PciBar, system: System): { address: number; length: number } {
  const { start, length } = findBar(bar, system)
  return { address: start, length }
}

function ofUio(place: UioPlace, files: Files): { address: number; length: number } {
  const { map } = findUioMap(place, wholeOf(place), files)
  const { address, offset, length } = map
  if (address !== undefined) return { address: address + offset, length }
  throw untold(place, 'its driver gives only an address of the kernel')
}

function ofFile(place: FilePlace, system: System): { address: number; length: number } {
  const { path } = place
  const buffer = listDmaBuffers(system.files).find(({ name }) => `/dev/${name}` === path)
  if (buffer !== undefined) {
    const { physicalAddress: address, length } = buffer
    if (address === undefined) throw untold(place, behindIommu(buffer))
    return { address, length }
  }
  checkKind(path)
  const status = statSync(path, { throwIfNoEntry: false })
  if (status === undefined) throw openingError(path, 'read', 'ENOENT')
  const kind = nodeKind(path, status, system.files)
  if (kind.kind === 'bar') return ofBar(kind.bar, system)
  if (kind.kind === 'other') throw offsetsError(path, kind, system)
  if (deviceName(status.rdev) === DEV_MEM) return { address: 0, length: Number.MAX_SAFE_INTEGER }
  const none = status.isFile() ? 'a file has none' : 'its driver gives none'
  const shown = clip(wholeOf(place))
  const message = `${shown} has no known physical address: ${none}`
  throw new RequestError('ENOPLACE', message, { input: wholeOf(place) })
}

function wholeOf(place: MappedPlace): string {
  return formatPlace({ ...place, offset: 0 })
}

function untold(place: MappedPlace, why: string): PhysmemError {
  const shown = wholeOf(place)
  const message = `${clip(shown)} has no known physical address: ${why}`
  return new RefusedError('ENOPHYSICAL', message, { place: shown })
}
