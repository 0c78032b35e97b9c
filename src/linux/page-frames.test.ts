import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameFile, readPageCgroup, readPageCount, readPageFlags } from './page-frames.ts'
import { FakeRoot } from './testing/fake-root.ts'

const bytesOf = (...values: bigint[]) => new Uint8Array(BigUint64Array.from(values).buffer)

describe('FrameFile', () => {
  it('reads what it says of frames', () => {
    using root = new FakeRoot().put('proc/kpageflags', bytesOf(1n, 2n ** 64n - 1n, 3n))
    using file = new FrameFile('kpageflags', root.system)
    expect(file.read(1)).toBe(2n ** 64n - 1n)
    expect([...file.readRun(0, 2)]).toEqual([1n, 2n ** 64n - 1n])
  })

  it('knows nothing beyond its end', () => {
    const cut = new Uint8Array([...bytesOf(1n, 2n), 7, 7, 7])
    using root = new FakeRoot().put('proc/kpagecount', cut)
    using file = new FrameFile('kpagecount', root.system)
    expect([file.read(1), file.read(2), file.read(2 ** 40)]).toEqual([2n, undefined, undefined])
    expect([...file.readRun(1, 5)]).toEqual([2n])
    expect([...file.readRun(9, 5)]).toEqual([])
  })

  it('gives the values of any run', () => {
    using root = new FakeRoot()
    const values = Array.from({ length: 50 }, (_, frame) => BigInt(frame) << 40n)
    root.put('proc/kpageflags', bytesOf(...values))
    using file = new FrameFile('kpageflags', root.system)
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (first, count) => {
        expect([...file.readRun(first, count)]).toEqual(values.slice(first, first + count))
      }),
    )
  })

  it('says why it cannot be opened', () => {
    using root = new FakeRoot().folder('proc/kpageflags')
    expect(() => new FrameFile('kpagecount', root.system)).toThrow(
      expect.objectContaining({
        name: 'RefusedError',
        code: 'EOPEN',
        message: '/proc/kpagecount cannot be opened: ENOENT',
        data: { errno: 'ENOENT' },
      }),
    )
    using file = new FrameFile('kpageflags', root.system)
    expect(() => file.read(0)).toThrow('/proc/kpageflags cannot be read: EISDIR')
  })

  it('is of no use once it is closed', () => {
    using root = new FakeRoot().put('proc/kpageflags', bytesOf(1n))
    const file = new FrameFile('kpageflags', root.system)
    file.close()
    file.close()
    expect(() => file.read(0)).toThrow(expect.objectContaining({ code: 'ECLOSED' }))
  })
})

it('readPageFlags, readPageCount and readPageCgroup each read their file', () => {
  using root = new FakeRoot()
    .put('proc/kpageflags', bytesOf(1n, 2n))
    .put('proc/kpagecount', bytesOf(3n, 4n))
    .put('proc/kpagecgroup', bytesOf(5n, 6n))
  expect(readPageFlags([1, 0, 2], root.system)).toEqual([2n, 1n, undefined])
  expect(readPageCount([1], root.system)).toEqual([4n])
  expect(readPageCgroup([0], root.system)).toEqual([5n])
})
