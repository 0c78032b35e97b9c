import { PhysmemError } from '../base/errors.ts'
import type { Width } from '../base/width.ts'
import { describeAddress } from '../inventory/describe.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Memory } from '../memory/memory.ts'
import { Program } from '../memory/program.ts'
import type { Step } from '../memory/step.ts'
import { formatPlace } from '../place/place.ts'
import type { AddressPlace } from '../place/schemes/address.ts'
import type { Access, PlaceDiagnosis } from './place.ts'

/** One address of a simulated board: what it would answer to a load and to a store; none is made. */
export async function examineBoardPlace(
  place: AddressPlace,
  width: Width,
  inventory: Inventory,
  memory: Memory,
): Promise<PlaceDiagnosis> {
  const { offset: address } = place
  return {
    place: formatPlace(place),
    address,
    here: describeAddress(inventory, address).found,
    read: await foreseen(memory, width, { op: 'read', address, width }),
    write: await foreseen(memory, width, {
      op: 'write',
      address,
      width,
      value: width === 64 ? 0n : 0,
    }),
    remarks: [],
  }
}

async function foreseen(memory: Memory, width: Width, step: Step): Promise<Access> {
  try {
    await memory.foresee(new Program([step]))
    return { verdict: 'works', way: memory.name, width, cures: [], evidence: [] }
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return { verdict: 'refused', error, cures: [], evidence: [] }
  }
}
