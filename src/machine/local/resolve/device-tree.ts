import { RequestError } from '../../../base/errors.ts'
import {
  findNode,
  openDeviceTree,
  readDeviceTree,
  regionOf,
} from '../../../linux/device-tree/index.ts'
import type { Files } from '../../../linux/files.ts'
import { checkInside } from '../../../memory/bounds.ts'
import { formatPlace } from '../../../place/place.ts'
import type { DtbPlace, DtPlace } from '../../../place/schemes/device-tree.ts'
import type { PhysicalStretch } from '../../found.ts'

/**
 * Where `length` bytes in a region of a device tree node are. Throws ENOPLACE for a
 * tree, node or region that does not exist or that the CPU has no address for, EDEVICETREE for a
 * damaged tree, ERANGE for what is not inside the region.
 */
export function deviceTreeStretch(
  place: DtPlace | DtbPlace,
  length: number,
  files: Files,
): PhysicalStretch {
  const tree = place.scheme === 'dtb' ? readDeviceTree(place.path) : openDeviceTree(files)
  if (tree === undefined) throw noDeviceTree(formatPlace(place))
  const { address, length: all } = regionOf(findNode(tree, place.node), place.region)
  const whole = formatPlace({ ...place, offset: 0 })
  checkInside(place.offset, place.offset + length, whole, all)
  return { address: address + place.offset, length: all - place.offset }
}

/** The error of a place in the device tree of a machine that has none. */
export function noDeviceTree(place: string): RequestError {
  return new RequestError(
    'ENOPLACE',
    `${place} cannot be looked up: this machine has no device tree (there is neither /sys/firmware/devicetree nor /sys/firmware/fdt)`,
    { place },
  )
}
