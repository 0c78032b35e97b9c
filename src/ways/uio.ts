import { AccessError } from '../base/errors.ts'
import { type NodeSource, openSource } from '../engine/node-source.ts'
import type { MapSource, Mode } from '../engine/source.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { uioIdentity } from '../linux/uio.ts'
import { findUioMap, mapName, type UioWhich, uioName } from '../linux/uio-find.ts'
import { explainUioMap, GONE } from '../refusal/uio.ts'

/**
 * One map of a UIO device. mmap of /dev/uioM takes page N as its offset for map N, wherever in the map
 * one wants to be (drivers/uio/uio.c, uio_find_mem_index): the map is always mapped as a whole. Throws
 * ENOPLACE where there is none.
 */
export function uioSource(which: UioWhich, mode: Mode, system: System): NodeSource {
  const name = `uio:${uioName(which.device)}/${mapName(which.map)}`
  const { device, map } = findUioMap(which, name, system.files)
  const identity = uioIdentity(device.number, system.files)
  return {
    name,
    path: `/dev/uio${device.number}`,
    mode,
    base: map.number * system.pageSize + map.offset,
    length: map.length,
    wholeOnly: true,
    // drivers/uio/uio.c: what was mapped of its registers stays mapped, whoever has the address then.
    lost: ({ files }) => {
      const isThere = identity !== undefined && uioIdentity(device.number, files) === identity
      return isThere ? undefined : lostError(name)
    },
    explainMap: explainUioMap,
  }
}

/** The same of this machine, open. */
export function openUio(which: UioWhich, mode: Mode, system: LocalSystem): MapSource {
  return openSource(uioSource(which, mode, system), system)
}

function lostError(place: string): AccessError {
  return new AccessError('EIO', `${place} is gone: ${GONE}`, { place })
}
