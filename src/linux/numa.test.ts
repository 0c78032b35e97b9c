import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nodeAt, numaNodeOf, readNumaBlocks } from './numa.ts'
import { FakeRoot } from './testing/fake-root.ts'

/** Blocks of 128 MiB: 0 to 2 on node 0, 32 on node 1, 3 on both. */
function twoNodes(): FakeRoot {
  const root = new FakeRoot().put('sys/devices/system/memory/block_size_bytes', '8000000\n')
  for (const [node, block] of [
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 3],
    [1, 32],
  ]) {
    root.link(`sys/devices/system/node/node${node}/memory${block}`, `../../memory/memory${block}`)
  }
  return root
    .put('sys/devices/system/node/node0/memory_side_cache', '')
    .put('sys/devices/system/node/nodes', '')
}

describe('numaNodeOf', () => {
  it.each([
    [0, 0],
    [0x17ff_ffff, 0],
    [0x1800_0000, undefined], // of both
    [0x2000_0000, undefined], // of none
    [0x1_0000_0000, 1],
    [2 ** 52 - 1, undefined],
  ])('%i is of node %s', (address, node) => {
    using root = twoNodes()
    expect(numaNodeOf(address, root.files)).toBe(node)
  })

  it('knows nothing where the kernel shows no blocks', () => {
    using root = new FakeRoot()
    expect(readNumaBlocks(root.files)).toBeUndefined()
    expect(numaNodeOf(0x1000, root.files)).toBeUndefined()
    root.folder('sys/devices/system/node/node0/memory0')
    expect(readNumaBlocks(root.files)).toBeUndefined()
  })

  it('knows nothing where the size is nonsense', () => {
    using root = twoNodes()
    fc.assert(
      fc.property(fc.string(), (text) => {
        root.put('sys/devices/system/memory/block_size_bytes', `z${text}`)
        expect(nodeAt(readNumaBlocks(root.files), 0)).toBeUndefined()
      }),
      { numRuns: 25 },
    )
  })
})
