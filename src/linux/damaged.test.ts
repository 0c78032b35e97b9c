/**
 * Every reader over recorded machines of which a few files are damaged: cut off, altered, repeated,
 * replaced, missing or unreadable. Only what says so throws, and no number is ever inexact.
 */

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RefusedError } from '../base/errors.ts'
import { memoryWordsOf, readCommandLine } from './cmdline.ts'
import { physicalAddressBits } from './cpu.ts'
import { readCredentials } from './credentials.ts'
import { filesAt } from './files-at.ts'
import { addressesHidden, readIomem, readIoports, resourcesAt, resourceTree } from './iomem.ts'
import { findSymbol, readSymbols, symbolsHidden } from './kallsyms.ts'
import { readKcoreHeaders } from './kcore.ts'
import { readKernelConfig } from './kernel-config.ts'
import { readLockdown } from './lockdown.ts'
import { readMaps } from './maps.ts'
import { numaNodeOf, readNumaBlocks } from './numa.ts'
import { listPci, readPciFunction } from './pci.ts'
import { listProcesses } from './processes.ts'
import { readSmaps } from './smaps.ts'
import { readSpecialTypes } from './special-types.ts'
import { damages, filesByName, withDamage } from './testing/damage.ts'
import { FakeRoot } from './testing/fake-root.ts'
import { listUio } from './uio.ts'

/** What a process's file says, or that it is refused as it should be. */
function orRefused<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    expect(error).toBeInstanceOf(RefusedError)
    expect(['ENOPROCESS', 'EPERMISSION', 'EOPEN']).toContain((error as RefusedError).code)
    return undefined
  }
}

function readEverything(root: string): unknown[] {
  const resources = [...readIomem(filesAt(root)), ...readIoports(filesAt(root))]
  const line = readCommandLine(filesAt(root))
  const { has: _has, mayHave: _mayHave, ...credentials } = readCredentials(filesAt(root))
  const users = listProcesses(filesAt(root)).filter(({ kernelThread }) => !kernelThread)
  return [
    resources,
    resourceTree(resources),
    resourcesAt(resources, 0x1000),
    addressesHidden(resources),
    listProcesses(filesAt(root)),
    users.map(({ pid }) => orRefused(() => readMaps(pid, filesAt(root)))),
    users.map(({ pid }) => orRefused(() => readSmaps(pid, filesAt(root)))),
    readKcoreHeaders(filesAt(root)),
    readSymbols(filesAt(root)),
    findSymbol('jiffies', filesAt(root)),
    symbolsHidden(filesAt(root)),
    readKernelConfig(filesAt(root))?.get('CONFIG_STRICT_DEVMEM'),
    { ...readSpecialTypes(filesAt(root)) },
    [...line.tokens],
    memoryWordsOf(line),
    readLockdown(filesAt(root)),
    credentials,
    listPci(filesAt(root)).map((address) => readPciFunction(address, filesAt(root))),
    listUio(filesAt(root)),
    [...(readNumaBlocks(filesAt(root))?.nodes ?? [])],
    numaNodeOf(0x4000_0000, filesAt(root)),
    physicalAddressBits(filesAt(root), 'x64'),
  ]
}

/** Every number in it is exact, every big one fits in 64 bits. */
function checkExact(value: unknown): void {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new Error(`${value}`)
  if (typeof value === 'bigint' && (value < 0n || value >= 2n ** 64n)) throw new Error(`${value}`)
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(checkExact)
}

describe.each(['x86_64-6.12', 'aarch64-6.12'] as const)('%s, damaged', (name) => {
  let tree: FakeRoot
  let files: string[][]

  beforeAll(() => {
    tree = FakeRoot.recorded(name)
    files = [...filesByName(tree.path).values()]
  })
  afterAll(() => tree[Symbol.dispose]())

  it('is read without a wrong number', () => {
    const file = fc.tuple(fc.nat(), fc.nat()).map(([which, one]) => {
      const named = files[which % files.length] ?? []
      return named[one % named.length] ?? ''
    })
    const some = fc.uniqueArray(fc.tuple(file, damages), {
      minLength: 1,
      maxLength: 4,
      selector: ([path]) => path,
    })
    fc.assert(
      fc.property(some, (chosen) => {
        const read = chosen.reduce(
          (act, [path, damage]) =>
            () =>
              withDamage(path, damage, act),
          () => checkExact(readEverything(tree.path)),
        )
        read()
      }),
      { numRuns: 200 },
    )
  }, 120_000)

  it('is as before when it is whole again', () => {
    using fresh = FakeRoot.recorded(name)
    expect(readEverything(tree.path)).toEqual(readEverything(fresh.path))
  })
})
