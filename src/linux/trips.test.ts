/** How often a question about a machine far away goes there. */
import { describe, expect, it } from 'vitest'
import { readCommandLine } from './cmdline.ts'
import { readCredentials } from './credentials.ts'
import type { Files } from './files.ts'
import { firmwareMemoryAt } from './firmware-memory.ts'
import { readIomem, readIoports } from './iomem.ts'
import { findSymbol } from './kallsyms.ts'
import { readKcoreHeaders } from './kcore.ts'
import { readKernelConfig, readRelease } from './kernel-config.ts'
import { readNumaBlocks } from './numa.ts'
import { listPci, readPciFunction } from './pci.ts'
import { listProcesses } from './processes.ts'
import { readSpecialTypes } from './special-types.ts'
import { FakeRoot } from './testing/fake-root.ts'
import { names } from './testing/machines.ts'
import { ReplayFiles } from './testing/replay-files.ts'
import { listUio } from './uio.ts'

describe.each(names)('%s far away', (name) => {
  /** What is a chain of folders and links takes a trip for each. */
  const treeTrips = name.startsWith('aarch64') ? 7 : 2

  it.each<[what: string, trips: number, question: (files: Files) => unknown]>([
    ['physical memory', 1, readIomem],
    ['I/O ports', 1, readIoports],
    ['PCI functions', 1, listPci],
    ['a PCI function', 2, (files) => readPciFunction('0000:00:06.0', files)],
    ['UIO devices', 3, listUio],
    ['processes', 2, listProcesses],
    ['the headers of kcore', 2, readKcoreHeaders],
    ['a symbol', 1, (files) => findSymbol('jiffies', files)],
    ['the release', 1, readRelease],
    ['the configuration', 2, readKernelConfig],
    ['types of swap entries', 2, readSpecialTypes],
    ['the command line', 1, readCommandLine],
    ['NUMA nodes', 2, readNumaBlocks],
    ['credentials', 1, readCredentials],
    ['RAM of the firmware', treeTrips, (files) => firmwareMemoryAt(0x4000_0000, files)],
  ])('tells %s in %i trips', (_what, trips, question) => {
    using root = FakeRoot.recorded(name)
    const far = new ReplayFiles(root.files)
    expect(plain(far.ask(question))).toEqual(plain(question(root.files)))
    expect(far.trips).toBe(trips)
  })
})

/** Without functions, which are never equal. */
function plain(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer ?? null, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value instanceof Map ? [...value] : value,
    ),
  )
}
