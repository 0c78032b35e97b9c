import { closeSync } from 'node:fs'
import { AccessError } from '../base/errors.ts'
import { loadAddon } from '../engine/addon.ts'
import { openNode } from '../engine/open-node.ts'
import type { MapSource, Mode } from '../engine/source.ts'
import type { LocalSystem } from '../linux/system.ts'
import { uioIdentity } from '../linux/uio.ts'
import { findUioMap, mapName, type UioWhich, uioName } from '../linux/uio-find.ts'
import { explainUioMap, GONE } from '../refusal/uio.ts'

/**
 * One map of a UIO device. mmap of /dev/uioM takes page N as its offset for map N, wherever in the map
 * one wants to be (drivers/uio/uio.c, uio_find_mem_index): the map is always mapped as a whole.
 */
export function openUio(which: UioWhich, mode: Mode, system: LocalSystem): MapSource {
  const name = `uio:${uioName(which.device)}/${mapName(which.map)}`
  const { device, map } = findUioMap(which, name, system.files)
  const identity = uioIdentity(device.number, system.files)
  const { fd } = openNode(system.at(`/dev/uio${device.number}`), mode)
  return {
    name,
    fd,
    mode,
    base: map.number * loadAddon().pageSize + map.offset,
    length: map.length,
    regularFile: false,
    wholeOnly: true,
    // drivers/uio/uio.c: what was mapped of its registers stays mapped, whoever has the address then.
    lost: () => {
      const isThere =
        identity !== undefined && uioIdentity(device.number, system.files) === identity
      return isThere ? undefined : lostError(name)
    },
    explain: explainUioMap,
    close: () => closeSync(fd),
  }
}

function lostError(place: string): AccessError {
  return new AccessError('EIO', `${place} is gone: ${GONE}`, { place })
}
