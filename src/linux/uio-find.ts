import { RequestError } from '../base/errors.ts'
import type { Files } from './files.ts'
import { listUio, type UioEntry, type UioMap } from './uio.ts'

/** What names a map of a UIO device. */
export interface UioWhich {
  /** The N of `uioN`, or the name in /sys/class/uio/uioN/name. */
  device: number | string
  /** The N of `mapN`, or the name in /sys/class/uio/uioN/maps/mapN/name. */
  map: number | string
}

/**
 * The UIO device of this number or name. Throws ENOPLACE, with `place`, where there is none, and
 * where several devices have the name.
 */
export function findUio(which: number | string, place: string, files: Files): UioEntry {
  const devices = listUio(files)
  const found = devices.filter(({ number, name }) => number === which || name === which)
  const [device] = found
  if (!device) {
    const names = devices.map((other) => `uio${other.number} (${other.name})`).join(', ')
    const known = names === '' ? 'this machine has none' : `there are ${names}`
    throw absentUio(place, `there is no UIO device ${uioName(which)}: ${known}`)
  }
  if (found.length > 1) {
    const numbers = found.map((other) => `uio${other.number}`).join(', ')
    throw absentUio(place, `several UIO devices are named ${which}: choose one of ${numbers}`)
  }
  return device
}

/** The same of a map. */
export function findUioMap(
  which: UioWhich,
  place: string,
  files: Files,
): { device: UioEntry; map: UioMap } {
  const device = findUio(which.device, place, files)
  const found = device.maps.filter(({ number, name }) => number === which.map || name === which.map)
  const [map] = found
  const shown = `uio${device.number} (${device.name})`
  if (!map) {
    const names = device.maps.map((one) => `map${one.number}${one.name && ` (${one.name})`}`)
    const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`
    throw absentUio(place, `${shown} has no map ${mapName(which.map)}: ${known}`)
  }
  if (found.length > 1) {
    const numbers = found.map(({ number }) => `map${number}`).join(', ')
    throw absentUio(
      place,
      `several maps of ${shown} are named ${which.map}: choose one of ${numbers}`,
    )
  }
  return { device, map }
}

/** What names a map of a device among all: the names where only it has them, else the numbers. */
export function uniqueUioName(
  device: UioEntry,
  map: UioMap,
  devices: readonly UioEntry[],
): UioWhich {
  // What looks like a number is one.
  const isShared = (name: string, all: readonly { name: string }[]) =>
    /^(?:uio|map)?[0-9]*$/.test(name) || all.filter((other) => other.name === name).length > 1
  return {
    device: isShared(device.name, devices) ? device.number : device.name,
    map: isShared(map.name, device.maps) ? map.number : map.name,
  }
}

/** As it stands in a place. */
export function uioName(which: number | string): string {
  return typeof which === 'number' ? `uio${which}` : which
}

/** The same of a map. */
export function mapName(which: number | string): string {
  return typeof which === 'number' ? `map${which}` : which
}

function absentUio(place: string, message: string): RequestError {
  return new RequestError('ENOPLACE', message, { place })
}
