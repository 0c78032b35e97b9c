import { existsSync } from 'node:fs'
import { PhysmemError, RefusedError, RequestError } from '../base/errors.ts'
import { describeAddress } from '../inventory/describe.ts'
import { type Inventory, readInventory, readTreeInventory } from '../inventory/inventory.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { isRemote, refuseUntold } from '../machine/facilities.ts'
import type { Board } from '../memory/sim/index.ts'
import { parsePlace } from '../place/place.ts'
import { nodeAtEnd } from '../place/schemes/device-tree.ts'
import type { Place } from '../place/schemes/index.ts'
import { kernelPointer } from '../place/schemes/pointer.ts'

/**
 * The file of `dtb:FILE`, which stands where a place could: one that is there, or that no node is
 * named after. `undefined` for everything else.
 */
export function treeFile(text: string): string | undefined {
  if (!text.startsWith('dtb:')) return undefined
  const path = text.slice('dtb:'.length)
  return path !== '' && (existsSync(path) || path.search(nodeAtEnd) <= 0) ? path : undefined
}

/** Why a device tree in a file has no addresses, where it is an overlay. */
export function overlaySentence({ file, overlay }: Inventory): string | undefined {
  if (!overlay) return undefined
  return `${file} is an overlay: its nodes have no addresses before it is applied to a device tree`
}

/** What is a node after `dtb:FILE`: a path, an alias or a label; no digits without 0x. */
const nodeName = /^(?:\/|(?![0-9a-f]+$)[a-z_][^:]*$)/i

/**
 * The place after `dtb:FILE`, in that tree: an address, or a node, which is written as in
 * `dtb:FILE:NODE` or alone. Throws EUSAGE for a place of this machine.
 */
export function placeInTree(file: string, text: string): Place {
  if (nodeName.test(text)) return parsePlace(`dtb:${file}:${text}`)
  const place = kernelPointer(text) === undefined ? parsePlace(text) : undefined
  if (place?.scheme === 'address' || (place?.scheme === 'dtb' && place.path === file)) return place
  throw new RequestError(
    'EUSAGE',
    `${text} is not in ${file}: expected an address or a node of it after dtb:FILE, such as 0x9000000 or /soc/serial`,
    { input: text },
  )
}

/**
 * What an address is on a bus that has other addresses than the CPU, where that tells more: nothing
 * or only RAM is there for the CPU.
 */
export async function meaningsOnBuses(
  inventory: Inventory,
  address: number,
  { files }: Pick<System, 'files'>,
): Promise<{ bus: string; address: number }[]> {
  const { found } = describeAddress(inventory, address)
  const kind = found.at(-1)?.region.kind
  if (inventory.board !== undefined || (kind !== undefined && kind !== 'ram')) return []
  const trees = await import('../linux/device-tree/index.ts')
  const { file } = inventory
  try {
    const tree = file === undefined ? trees.openDeviceTree(files) : trees.readDeviceTree(file)
    const meanings = tree === undefined ? [] : trees.busMeanings(tree, address)
    const isKnown = (at: number) => describeAddress(inventory, at).found.length > 0
    return meanings
      .filter((one) => kind === undefined || isKnown(one.address))
      .map(({ bus, address }) => ({ bus: bus.path, address }))
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return [] // What is wrong with the tree was said already.
  }
}

/** Which machine's: this one, or the target's simulated board. */
export interface InventorySource {
  readonly system: LocalSystem
  readonly settings: { readonly target: string }
  board(): Promise<Board | undefined>
  /** Answers a question about the target's machine. */
  look<T>(question: (system: System) => Promise<T>): Promise<T>
}

/** What the target has, or what a device tree in a file says. */
export async function openInventory(
  source: InventorySource,
  file: string | undefined,
): Promise<Inventory> {
  return file === undefined ? ofTarget(source) : readTreeInventory(file)
}

async function ofTarget(source: InventorySource): Promise<Inventory> {
  const { system, settings } = source
  const board = await source.board()
  if (board !== undefined) {
    const { inventoryOfBoard } = await import('../inventory/board.ts')
    return inventoryOfBoard(board.description, settings.target)
  }
  refuseUntold(settings.target)
  if (!isRemote(settings.target) && system.isHere && process.platform !== 'linux') {
    throw new RefusedError('EPLATFORM', 'what is at which address is known only on Linux')
  }
  return await source.look((told) => readInventory(told))
}
