import { PhysmemError } from '../base/errors.ts'
import { listRegions, openDeviceTree, textOf } from './device-tree/index.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readFirmwareMap } from './firmware-map.ts'
import { isSystemRam } from './iomem.ts'

/**
 * Which RAM the firmware says is at an address, also where the kernel was told to leave it alone
 * (`mem=`): `System RAM` of its map, or a node of the device tree, such as `memory@40000000`.
 */
export function firmwareMemoryAt(address: number, files: Files = filesAt()): string | undefined {
  const entry = readFirmwareMap(files).find(
    ({ start, last, name }) => start <= address && address <= last && isSystemRam(name),
  )
  return entry?.name ?? nodeAt(address, files)
}

function nodeAt(address: number, files: Files): string | undefined {
  try {
    const tree = openDeviceTree(files)
    if (tree === undefined) return undefined
    const found = listRegions(tree).find(
      ({ node, regions }) =>
        textOf(node, 'device_type') === 'memory' &&
        regions.some(
          ({ address: start, length }) =>
            start !== undefined && start <= address && address - start < length,
        ),
    )
    return found?.node.name
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return undefined
  }
}
