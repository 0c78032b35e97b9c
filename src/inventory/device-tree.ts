import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PhysmemError } from '../errors.ts'
import type { DeviceTree, NodeRegions } from '../linux/device-tree/index.ts'
import type { NodeFact } from './region.ts'

/** A region of a node of a device tree, by its addresses of the CPU. */
export interface NodeClaim {
  start: number
  end: number
  name: string
  fact: NodeFact
}

/** What a device tree tells, and the sentences of what is wrong with it. */
export interface NodeClaims {
  nodes: NodeClaim[]
  problems: string[]
}

/** What the device tree of a machine tells: nothing on a machine without one. */
export async function readMachineNodes(root: string): Promise<NodeClaims> {
  const places = ['sys/firmware/devicetree/base', 'proc/device-tree', 'sys/firmware/fdt']
  // Most machines have none: then what reads it is not even loaded.
  if (!places.some((place) => existsSync(join(root, place)))) return { nodes: [], problems: [] }
  try {
    const { openDeviceTree } = await import('../linux/device-tree/index.ts')
    const tree = openDeviceTree(root)
    return tree === undefined ? { nodes: [], problems: [] } : await claimsOf(tree)
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return { nodes: [], problems: [error.message] }
  }
}

/** What a device tree in a file tells. Throws as `readDeviceTree` does for what is none. */
export async function readFileNodes(file: string): Promise<NodeClaims> {
  const { readDeviceTree } = await import('../linux/device-tree/index.ts')
  return claimsOf(readDeviceTree(file))
}

async function claimsOf(tree: DeviceTree): Promise<NodeClaims> {
  const { listRegions, textOf } = await import('../linux/device-tree/index.ts')
  const list = listRegions(tree)
  const nodes = list.flatMap((entry) => claims(entry, textOf(entry.node, 'device_type')))
  return { nodes, problems: list.flatMap(({ problem }) => problem ?? []) }
}

/** Regions that the CPU has no address for are left out, and those without a size. */
function claims(entry: NodeRegions, deviceType: string | undefined): NodeClaim[] {
  const { node, path, compatible, enabled, aliases, regions } = entry
  const use = deviceType === 'memory' ? 'ram' : isReserved(path) ? 'reserved' : 'device'
  return regions.flatMap(({ address, size, name }, region) => {
    if (address === undefined || size === 0) return []
    const fact: NodeFact = {
      ...{ kind: 'node', path, region, compatible, aliases, enabled, use },
      ...(name === undefined ? {} : { regionName: name }),
    }
    return [{ start: address, end: address + size - 1, name: node.name, fact }]
  })
}

/** Devicetree Specification v0.4, 3.5: its children are stretches of RAM that are set aside. */
function isReserved(path: string): boolean {
  return path.startsWith('/reserved-memory/')
}
