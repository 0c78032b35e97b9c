import { PhysmemError } from '../../base/errors.ts'
import { aliasesByNode } from './find.ts'
import { type DeviceTreeNode, nodesBelow } from './node.ts'
import { Translator } from './ranges.ts'
import { type RegEntry, regionsOf } from './regions.ts'
import { compatibleOf, isEnabled, statusOf } from './status.ts'
import type { DeviceTree } from './tree.ts'

/** A node that has regions. */
export interface NodeRegions {
  node: DeviceTreeNode
  path: string
  /** What it is, most exact first. */
  compatible: string[]
  /** As the node says it; `okay` where it says nothing. */
  status: string
  /** Whether it and all above it are in use. */
  enabled: boolean
  /** Its names in /aliases. */
  aliases: string[]
  /** Empty when they cannot be determined: `problem` says why. */
  regions: RegEntry[]
  /** The sentence of what is wrong with this node, or with one above it. */
  problem?: string
}

/** Every node that has regions, in the order of the tree. What is wrong with one spoils no other. */
export function listRegions(tree: DeviceTree): NodeRegions[] {
  const translator = new Translator()
  const aliases = aliasesByNode(tree)
  const enabled = new Map<DeviceTreeNode, boolean>()
  const list: NodeRegions[] = []
  for (const node of nodesBelow(tree.root)) {
    if (!node.properties.has('reg') && !node.properties.has('assigned-addresses')) continue
    const found = regionsOrProblem(node, translator)
    if (found.regions.length === 0 && found.problem === undefined) continue
    list.push({
      node,
      path: node.path,
      compatible: compatibleOf(node),
      status: statusOf(node),
      enabled: isEnabled(node, enabled),
      aliases: aliases.get(node) ?? [],
      ...found,
    })
  }
  return list
}

function regionsOrProblem(
  node: DeviceTreeNode,
  translator: Translator,
): Pick<NodeRegions, 'regions' | 'problem'> {
  try {
    return { regions: regionsOf(node, translator) }
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return { regions: [], problem: error.message }
  }
}

/** A region that holds an address, and the node that it belongs to. */
export interface NodeAt {
  entry: NodeRegions
  region: RegEntry & { address: number }
  /** The region's number in the node. */
  index: number
  /** From the region's first byte. */
  offset: number
}

/** The regions that hold a physical address, smallest first. `list` is that of `listRegions`. */
export function nodesAt(
  tree: DeviceTree,
  address: number,
  list: readonly NodeRegions[] = listRegions(tree),
): NodeAt[] {
  const found: NodeAt[] = []
  for (const entry of list) {
    for (const [index, region] of entry.regions.entries()) {
      const { address: start, length } = region
      if (start === undefined || address < start || address >= start + length) continue
      found.push({ entry, region: { ...region, address: start }, index, offset: address - start })
    }
  }
  return found.sort((a, b) => a.region.length - b.region.length)
}
