import { expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { parsePlace } from '../place/place.ts'
import * as inventory from './published.ts'

it('published functions take what readInventory gives, of a machine that has something', async () => {
  using root = FakeRoot.recorded('x86_64-6.12')
  const known = await inventory.readInventory(root.system)
  expect(inventory.listPlaces(known).length).toBeGreaterThan(15)
  expect([...inventory.walk(known.memory)].length).toBeGreaterThan(15)
  const [first] = known.memory
  if (first === undefined) throw new Error('there is none')
  expect(inventory.regionsAt(known.memory, first.start)[0]).toBe(first)
  expect(inventory.describeAddress(known, first.start).found.length).toBeGreaterThan(0)
  expect(inventory.findRegion(known, parsePlace('pci:0000:00:04.0/bar0'))).toBeDefined()
})
