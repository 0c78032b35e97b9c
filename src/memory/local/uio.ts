import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { AccessError, RequestError } from '../../errors.ts'
import { listUio, type UioDevice, type UioMap, uioIdentity } from '../../linux/uio.ts'
import { loadAddon } from '../../native/addon.ts'
import { explainUioMap, GONE } from '../../refusal/uio.ts'
import { openNode } from './open-node.ts'
import type { MapSource, Mode } from './source.ts'

export interface UioWhich {
  /** The N of `uioN`, or the name in /sys/class/uio/uioN/name. */
  device: number | string
  /** The N of `mapN`, or the name in /sys/class/uio/uioN/maps/mapN/name. */
  map: number | string
}

/**
 * One map of a UIO device. mmap of /dev/uioM takes page N as its offset for map N, wherever in the map
 * one wants to be (drivers/uio/uio.c, uio_find_mem_index): the map is always mapped as a whole.
 */
export function openUio(which: UioWhich, mode: Mode, root = '/'): MapSource {
  const name = `uio:${uioName(which.device)}/${mapName(which)}`
  const device = findUio(which.device, name, root)
  const map = findMap(which, device, name)
  const identity = uioIdentity(device.number, root)
  const { fd } = openNode(join(root, `dev/uio${device.number}`), mode)
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
      const isThere = identity !== undefined && uioIdentity(device.number, root) === identity
      return isThere ? undefined : lostError(name)
    },
    explain: explainUioMap,
    close: () => closeSync(fd),
  }
}

/** The UIO device of this number or name. Throws ENOPLACE, with `place`, unless there is one. */
export function findUio(which: number | string, place: string, root: string): UioDevice {
  const devices = listUio(root)
  const found = devices.filter(({ number, name }) => number === which || name === which)
  const [device] = found
  if (!device) {
    const names = devices.map((other) => `uio${other.number} (${other.name})`).join(', ')
    const known = names === '' ? 'this machine has none' : `there are ${names}`
    throw absent(place, `there is no UIO device ${uioName(which)}: ${known}`)
  }
  if (found.length > 1) {
    const numbers = found.map((other) => `uio${other.number}`).join(', ')
    throw absent(place, `several UIO devices are named ${which}: choose one of ${numbers}`)
  }
  return device
}

function findMap(which: UioWhich, device: UioDevice, place: string): UioMap {
  const map = device.maps.find(({ number, name }) => number === which.map || name === which.map)
  if (map) return map
  const names = device.maps.map((one) => `map${one.number}${one.name && ` (${one.name})`}`)
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`
  throw absent(place, `uio${device.number} (${device.name}) has no map ${mapName(which)}: ${known}`)
}

/** As it stands in a place. */
export function uioName(which: number | string): string {
  return typeof which === 'number' ? `uio${which}` : which
}

function mapName({ map }: UioWhich): string {
  return typeof map === 'number' ? `map${map}` : map
}

function lostError(place: string): AccessError {
  return new AccessError('EIO', `${place} is gone: ${GONE}`, { place })
}

function absent(place: string, message: string): RequestError {
  return new RequestError('ENOPLACE', message, { place })
}
