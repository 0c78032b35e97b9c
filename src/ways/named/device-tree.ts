import { RequestError } from '../../base/errors.ts'
import {
  type DeviceTree,
  findNode,
  openDeviceTree,
  readDeviceTree,
  regionOf,
} from '../../linux/device-tree/index.ts'
import type { Files } from '../../linux/files.ts'

/** A region of a node, as places name it. */
interface NodeRegion {
  node: string
  region: number | string
}

/**
 * Where a region of a node of the machine's own tree is; `place` is what names it. Throws ENOPLACE for
 * a tree, node or region that does not exist or that the CPU has no address for, EDEVICETREE for a
 * damaged tree.
 */
export function stretchInTree(where: NodeRegion, files: Files, place: string) {
  const tree = openDeviceTree(files)
  if (tree === undefined) throw noDeviceTree(place)
  return stretchIn(tree, where)
}

/** The same of a tree in a file of the user. */
export function stretchInFile({ path, ...where }: NodeRegion & { path: string }) {
  return stretchIn(readDeviceTree(path), where)
}

function stretchIn(tree: DeviceTree, { node, region }: NodeRegion) {
  const { address, length } = regionOf(findNode(tree, node), region)
  return { address, length }
}

/** The error of a place in the device tree of a machine that has none. */
export function noDeviceTree(place: string): RequestError {
  return new RequestError(
    'ENOPLACE',
    `${place} cannot be looked up: this machine has no device tree (there is neither /sys/firmware/devicetree nor /sys/firmware/fdt)`,
    { place },
  )
}
