import { join } from 'node:path'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { listNumbered, readLine } from './read.ts'

/** Which NUMA node each block of RAM belongs to, as it was when it was read. */
export interface NumaBlocks {
  /** Bytes of a block. */
  blockSize: number
  /** Nodes by the number of the block: address / block size. A block may be of several nodes. */
  nodes: ReadonlyMap<number, readonly number[]>
}

/**
 * The memory blocks below /sys/devices/system; `undefined` where the kernel shows none: without
 * CONFIG_NUMA, or without CONFIG_MEMORY_HOTPLUG.
 */
export function readNumaBlocks(files: Files = filesAt()): NumaBlocks | undefined {
  const digits = readLine(files, '/sys/devices/system/memory/block_size_bytes')
  const blockSize = /^[0-9a-f]{1,12}$/.test(digits) ? Number.parseInt(digits, 16) : 0
  const folder = '/sys/devices/system/node'
  const nodes = new Map<number, number[]>()
  for (const node of listNumbered(files, folder, 'node')) {
    for (const block of listNumbered(files, join(folder, `node${node}`), 'memory')) {
      nodes.set(block, [...(nodes.get(block) ?? []), node])
    }
  }
  return blockSize > 0 && nodes.size > 0 ? { blockSize, nodes } : undefined
}

/**
 * The node that the RAM at an address belongs to; `undefined` for what is not RAM, and for a block
 * of which several nodes have a part.
 */
export function nodeAt(blocks: NumaBlocks | undefined, address: number): number | undefined {
  if (blocks === undefined) return undefined
  const nodes = blocks.nodes.get(Math.floor(address / blocks.blockSize)) ?? []
  return nodes.length === 1 ? nodes[0] : undefined
}

/** The same for one address. For many, read the blocks once and use `nodeAt`. */
export function numaNodeOf(address: number, files: Files = filesAt()): number | undefined {
  return nodeAt(readNumaBlocks(files), address)
}
