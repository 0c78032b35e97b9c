import { existsSync } from 'node:fs'
import { RefusedError } from '../../errors.ts'
import { type Inventory, readInventory, readTreeInventory } from '../../inventory/inventory.ts'
import { nodeAtEnd } from '../../place/schemes/device-tree.ts'
import type { Context } from '../context.ts'

/**
 * The file of `dtb:FILE`, which stands where a place could: one that is there, or that no node is
 * named behind. `undefined` for everything else.
 */
export function treeFile(text: string): string | undefined {
  if (!text.startsWith('dtb:')) return undefined
  const path = text.slice('dtb:'.length)
  return path !== '' && (existsSync(path) || path.search(nodeAtEnd) <= 0) ? path : undefined
}

/** What this machine has, or what a device tree in a file says; and a note of what is missing. */
export async function openInventory(
  context: Context,
  file: string | undefined,
): Promise<Inventory> {
  const inventory = file === undefined ? await machine(context) : await readTreeInventory(file)
  const { hidden, problems } = inventory
  const [problem] = problems
  if (hidden !== undefined) {
    const instead = hidden.ramFrom === undefined ? '' : `RAM from ${hidden.ramFrom}, and `
    const cure = hidden.cure === undefined ? [] : [`  cure: ${hidden.cure}`]
    context.note(
      `/proc/iomem and /proc/ioports hide the addresses: ${hidden.reason}; shown is ${instead}what /sys tells`,
      ...cure,
    )
  }
  if (problem !== undefined) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    context.note(`the device tree is not wholly shown: ${problem}${more}`)
  }
  return inventory
}

async function machine({ root }: Context): Promise<Inventory> {
  if (root === '/' && process.platform !== 'linux') {
    throw new RefusedError('EPLATFORM', 'what is at which address is told by Linux only')
  }
  return readInventory(root)
}
