/** The map of recorded machines: the same in a folder, in memory and far away. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Files } from '../linux/files.ts'
import { MemoryFiles } from '../linux/memory-files.ts'
import type { System } from '../linux/system.ts'
import { FakeRoot, type RecordedReader, recordedMachines } from '../linux/testing/fake-root.ts'
import { ReplayFiles } from '../linux/testing/replay-files.ts'
import { readInventory } from './inventory.ts'

const readers: RecordedReader[] = ['root', 'user', 'namespace']
const cases = recordedMachines.flatMap((name) => readers.map((reader) => ({ name, reader })))

describe.each(cases)('$name as seen by $reader', ({ name, reader }) => {
  let root: FakeRoot
  const isBoard = name.startsWith('aarch64')
  const over = (files: Files): System => ({ files, cpu: isBoard ? 'arm64' : 'x64', pageSize: 4096 })

  beforeAll(() => {
    root = FakeRoot.recorded(name, reader)
  })
  afterAll(() => root[Symbol.dispose]())

  it('is one map', async () => {
    const here = await readInventory(over(root.files))
    expect(here.memory.length).toBeGreaterThan(10)
    expect(await readInventory(over(new MemoryFiles(root.files)))).toEqual(here)
    const far = new ReplayFiles(root.files)
    expect(await far.askLoading((files) => readInventory(over(files)))).toEqual(here)
    // Each level of a device tree is a trip, and so is what says where addresses are hidden.
    expect(far.trips).toBe(isBoard ? 7 : reader === 'root' ? 3 : 4)
  })
})
