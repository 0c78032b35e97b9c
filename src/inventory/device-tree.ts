import { PhysmemError } from '../base/errors.ts'
import { hasPorts } from '../linux/cpu.ts'
import type { DeviceTree, IoWindow, NodeRegions } from '../linux/device-tree/index.ts'
import type { System } from '../linux/system.ts'
import { are } from '../text/count.ts'
import type { NodeFact } from './region.ts'

/** A region of a node of a device tree, by its addresses of the CPU. */
export interface NodeClaim {
  start: number
  last: number
  name: string
  fact: NodeFact
}

/** What a device tree tells, and the sentences of what is wrong with it. */
export interface NodeClaims {
  nodes: NodeClaim[]
  problems: string[]
}

/** What the device tree of a machine tells: nothing on a machine without one. */
export async function readMachineNodes(
  system: System,
): Promise<NodeClaims & { windows: readonly IoWindow[] }> {
  const nothing = { nodes: [], windows: [] }
  if (!hasDeviceTree(system)) return { ...nothing, problems: [] }
  try {
    const { ioWindows, openDeviceTree } = await import('../linux/device-tree/index.ts')
    const tree = openDeviceTree(system.files)
    if (tree === undefined) return { ...nothing, problems: [] }
    const claims = await claimsOf(tree)
    return { ...claims, windows: hasPorts(system.files, system.cpu) ? [] : ioWindows(tree) }
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return { ...nothing, problems: [error.message] }
  }
}

/** The I/O windows of the host bridges in the device tree of a machine; none where there is no good one. */
export async function readIoWindows(system: System): Promise<readonly IoWindow[]> {
  if (!hasDeviceTree(system)) return []
  const { ioWindows, openDeviceTree } = await import('../linux/device-tree/index.ts')
  try {
    const tree = openDeviceTree(system.files)
    return tree === undefined ? [] : ioWindows(tree)
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return []
  }
}

/** Most machines have none: then what reads it is not even loaded. */
function hasDeviceTree(system: System): boolean {
  const places = ['/sys/firmware/devicetree/base', '/proc/device-tree', '/sys/firmware/fdt']
  return places.some((place) => system.files.linkStatus(place) !== undefined)
}

/** What a device tree in a file tells. Throws as `readDeviceTree` does for what is none. */
export async function readFileNodes(file: string): Promise<NodeClaims & { overlay: boolean }> {
  const { isOverlay, readDeviceTree } = await import('../linux/device-tree/index.ts')
  const tree = readDeviceTree(file)
  return { ...(await claimsOf(tree, file)), overlay: isOverlay(tree) }
}

/**
 * So many characters may be shown of all regions; real trees take less than a million. Each region
 * is shown with its node's path, aliases and `compatible`: a small file may make much of that.
 */
const mostText = 16_000_000

/** What a region or a problem takes besides its text. */
const perItem = 32

async function claimsOf(tree: DeviceTree, file = ''): Promise<NodeClaims> {
  const { listRegions, textOf } = await import('../linux/device-tree/index.ts')
  const [nodes, problems]: [NodeClaim[], string[]] = [[], []]
  let left = mostText
  let leftOut = 0
  const take = (length: number): boolean => {
    const fits = length <= left
    if (fits) left -= length
    else leftOut++
    return fits
  }
  for (const entry of listRegions(tree)) {
    const length = textLength(entry, file)
    for (const claim of claims(entry, textOf(entry.node, 'device_type'))) {
      if (take(length)) nodes.push(claim)
    }
    const { problem } = entry
    if (problem !== undefined && take(perItem + problem.length)) problems.push(problem)
  }
  if (leftOut > 0) {
    const rest = `${leftOut} ${are(leftOut)} left out`
    problems.push(`regions and problems are too many to be listed: ${rest}`)
  }
  return { nodes, problems }
}

/** How long the text of each region of a node is, with all its names as places. */
function textLength({ path, aliases, compatible }: NodeRegions, file: string): number {
  const names = [path, ...aliases].reduce((sum, name) => sum + file.length + name.length, 0)
  return [...aliases, ...compatible].reduce(
    (sum, text) => sum + text.length + perItem,
    names + perItem,
  )
}

/** Regions that the CPU has no address for are left out, and those without a size. */
function claims(entry: NodeRegions, deviceType: string | undefined): NodeClaim[] {
  const { node, path, compatible, enabled, aliases, regions } = entry
  const use = deviceType === 'memory' ? 'ram' : isReserved(path) ? 'reserved' : 'device'
  return regions.flatMap(({ address, length, name }, region) => {
    if (address === undefined || length === 0) return []
    const fact: NodeFact = {
      ...{ kind: 'node', path, region, compatible, aliases, enabled, use },
      ...(name === undefined ? {} : { regionName: name }),
    }
    return [{ start: address, last: address + length - 1, name: node.name, fact }]
  })
}

/** Devicetree Specification v0.4, 3.5: its children are stretches of RAM that are set aside. */
function isReserved(path: string): boolean {
  return path.startsWith('/reserved-memory/')
}
