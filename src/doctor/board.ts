import { PhysmemError } from '../base/errors.ts'
import type { Width } from '../base/width.ts'
import { describeAddress } from '../inventory/describe.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Memory } from '../memory/memory.ts'
import { formatPlace } from '../place/place.ts'
import type { AddressPlace } from '../place/schemes/address.ts'
import type { Access, PlaceDiagnosis } from './place.ts'

/**
 * One address of a simulated board: it is read, and written, on boards that `open` has just switched
 * on and that nobody else sees, so that the answer is the board's own.
 */
export async function examineBoardPlace(
  place: AddressPlace,
  width: Width,
  inventory: Inventory,
  open: () => Promise<Memory>,
): Promise<PlaceDiagnosis> {
  const { offset: address } = place
  return {
    place: formatPlace(place),
    address,
    here: describeAddress(inventory, address).found,
    read: await tried(open, width, (memory) => memory.read(address, width)),
    write: await tried(open, width, (memory) =>
      memory.write(address, width, width === 64 ? 0n : 0),
    ),
    remarks: [],
  }
}

async function tried(
  open: () => Promise<Memory>,
  width: Width,
  access: (memory: Memory) => Promise<unknown>,
): Promise<Access> {
  await using memory = await open()
  try {
    await access(memory)
    return { verdict: 'works', way: memory.name, width, cures: [], evidence: [] }
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return { verdict: 'refused', error, cures: [], evidence: [] }
  }
}
