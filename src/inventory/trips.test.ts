/** How often one asks a machine far away, of which only what was fetched is known. */
import { expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { ReplayFiles } from '../linux/testing/replay-files.ts'
import { readInventory } from './inventory.ts'

it.each([
  ['x86_64-6.12', 3],
  ['aarch64-6.12', 7],
] as const)('what there is of %s comes in %i trips, and is the same', async (machine, trips) => {
  using root = FakeRoot.recorded(machine)
  const { system } = root
  const far = new ReplayFiles(system.files)
  const { cpu, pageSize } = system
  const inventory = await far.askLoading((files) => readInventory({ files, cpu, pageSize }))
  expect(inventory).toEqual(await readInventory(system.now()))
  expect(far.trips).toBe(trips)
})
