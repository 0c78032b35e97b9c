/** What the doctor says of a machine: the same in a folder, in memory and far away. */
import { expect, it } from 'vitest'
import type { Files } from '../linux/files.ts'
import { MemoryFiles } from '../linux/memory-files.ts'
import { FakeRoot, type RecordedReader, recordedMachines } from '../linux/testing/fake-root.ts'
import { ReplayFiles } from '../linux/testing/replay-files.ts'
import { readHost } from './host.ts'

const readers: RecordedReader[] = ['root', 'user', 'namespace']
const cases = recordedMachines.flatMap((name) => readers.map((reader) => ({ name, reader })))

it.each(cases)('tells of $name as seen by $reader in two trips', ({ name, reader }) => {
  using root = FakeRoot.recorded(name, reader)
  const cpu = name.startsWith('x86') ? 'x64' : 'arm64'
  const host = (files: Files) => readHost({ files, cpu, pageSize: 4096 })
  const here = host(root.files)
  expect(here.config).not.toEqual([])
  expect(host(new MemoryFiles(root.files))).toEqual(here)
  const far = new ReplayFiles(root.files)
  expect(far.ask(host)).toEqual(here)
  expect(far.trips).toBe(2)
})
