import { describe, expect, it } from 'vitest'
import { readFirmwareMap } from './firmware-map.ts'
import { FakeRoot } from './testing/fake-root.ts'

const folder = 'sys/firmware/memmap'

describe('readFirmwareMap', () => {
  it.each(['root', 'user', 'namespace'] as const)('is the same for every reader: %s', (reader) => {
    using root = FakeRoot.recorded('x86_64-6.12', reader)
    const map = readFirmwareMap(root.files)
    expect(map).toHaveLength(8)
    expect(map[0]).toEqual({ start: 0, last: 0x9fbff, name: 'System RAM', depth: 0 })
    expect(map.at(-1)).toEqual({
      ...{ start: 0x1_0000_0000, last: 0x1_3fff_ffff, name: 'System RAM', depth: 0 },
    })
  })

  it('is empty where there is none', () => {
    using root = FakeRoot.recorded('aarch64-6.12')
    expect(readFirmwareMap(root.files)).toEqual([])
  })

  it('leaves out what makes no sense, and sorts the rest', () => {
    using root = new FakeRoot()
    const entry = (number: string, start: string, end: string, type: string) =>
      root
        .put(`${folder}/${number}/start`, start)
        .put(`${folder}/${number}/end`, end)
        .put(`${folder}/${number}/type`, type)
    entry('0', '0x2000\n', '0x2fff\n', 'Reserved\n')
    entry('1', '0x1000\n', '0x1fff\n', 'System RAM\n')
    entry('2', '0x3fff\n', '0x3000\n', 'Reserved\n')
    entry('3', 'ten\n', '0x9fff\n', 'Reserved\n')
    entry('4', '0x4000\n', '0xffffffffffffffff\n', 'Reserved\n')
    entry('5', '0x5000\n', '0x5fff\n', '\n')
    entry('x', '0x6000\n', '0x6fff\n', 'Reserved\n')
    root.folder(`${folder}/6`)
    expect(readFirmwareMap(root.files).map(({ start }) => start)).toEqual([0x1000, 0x2000])
  })
})
