import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { PhysmemError } from '../../base/errors.ts'
import { openFile } from '../../ways/file.ts'
import { keepsModel } from '../testing/window-model.ts'
import { type AccessPath, mapSource } from './map-window.ts'
import type { Window } from './window.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-window-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0

function newFile(bytes: number): string {
  const path = join(folder, `${files++}.bin`)
  writeFileSync(path, new Uint8Array(bytes))
  return path
}

function failure(act: () => unknown): PhysmemError {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(PhysmemError)
    return error as PhysmemError
  }
  throw new Error('nothing was thrown')
}

const said = (act: () => unknown) => {
  const { code, message } = failure(act)
  return `${code} ${message}`
}

/** What only windows on files do; the rest is in the contract of all windows. */
describe.each(['typed', 'native'] satisfies AccessPath[])('a window with access: %s', (access) => {
  const length = 3 * 4096
  const map = (path: string, address = 0, bytes = length): Window =>
    mapSource(openFile(path, 'write'), { address, length: bytes, access })

  it('reads and writes what the file holds, at every width and offset', () => {
    const path = newFile(length)
    using window = map(path, 4096 - 8, 64)
    keepsModel(window, 200, (model) => {
      const inFile = readFileSync(path).subarray(4096 - 8, 4096 + 56)
      expect(inFile.equals(model)).toBe(true)
    })
  })

  it('never gives a block or a wait the zeros past the end of a file', () => {
    const path = newFile(4096)
    using window = map(path, 0, 4096)
    window.writeBlock(0, 32, new Uint8Array(4096).fill(0x11))
    truncateSync(path, 100)
    const error = failure(() => window.readBlock(0, 32, 1024))
    expect([error.code, error.data.elementsDone]).toEqual(['EFAULT_BUS', 25])
    expect(failure(() => window.writeBlock(200, 8, new Uint8Array(1))).code).toBe('EFAULT_BUS')
    expect(failure(() => window.wait32(200, { equals: 0 })).code).toBe('EFAULT_BUS')
    expect(window.readBlock(0, 32, 25)).toEqual(new Uint8Array(100).fill(0x11))
  })

  it('turns a fault into an error, in cold and in optimised code, and goes on', () => {
    const path = newFile(length)
    using window = map(path)
    for (let i = 0; i < 100_000; i++) window.read32(8192 + (i & 0xffc))
    truncateSync(path, 8192)
    const hot = () => {
      for (let i = 0; i < 1000; i++) window.read32(8192 + 16)
    }
    for (let round = 0; round < 20; round++) {
      const error = failure(hot)
      expect(error.message).toBe(`32-bit read at 0x00002010 (${path}) failed: the file ends before`)
      expect(error.data).toMatchObject({ address: 8208, width: 32, direction: 'read' })
      expect(failure(() => window.write8(8192, 1)).code).toBe('EFAULT_BUS')
      window.write32(8188, round)
      expect(window.read32(8188)).toBe(round)
    }
    const block = failure(() => window.readBlock(8184, 32, 8))
    expect([block.data.elementsDone, block.data.address]).toEqual([2, 8192])
    expect(failure(() => window.wait32(8192, { equals: 0 })).code).toBe('EFAULT_BUS')
    truncateSync(path, length)
    expect(window.read32(8192)).toBe(0)
  })

  it('makes no load for an update that it refuses', () => {
    const path = newFile(length)
    using window = mapSource(openFile(path, 'read'), { address: 0, length: 64, access })
    truncateSync(path, 0) // A load would fault.
    const updates = [
      () => window.update8(0, 1, 1),
      () => window.update16(0, 1, 1),
      () => window.update32(0, 1, 1),
      () => window.update64(0, 1n, 1n),
    ]
    for (const act of updates) {
      expect(said(act)).toBe(`EREADONLY ${path} was opened for reading only`)
      expect(failure(act).data.direction).toBe('write')
    }
    expect(failure(() => window.read32(0)).code).toBe('EFAULT_BUS')
  })
})

describe('mapSource', () => {
  it('refuses a stretch that does not exist', () => {
    const path = newFile(100)
    const map = (address: number, length: number) =>
      mapSource(openFile(path, 'read'), { address, length })
    expect(said(() => map(0, 101))).toBe(
      `ERANGE 0x0 to 0x64 is not inside ${path}: expected 0x0 to 0x63`,
    )
    expect(said(() => map(100, 1))).toBe(`ERANGE 0x64 is not inside ${path}: expected 0x0 to 0x63`)
    const empty = newFile(0)
    expect(said(() => mapSource(openFile(empty, 'read'), { address: 0, length: 4 }))).toBe(
      `ERANGE 0x0 to 0x3 is not inside ${empty}: it is empty`,
    )
    for (const [address, length] of [
      [0, 0],
      [-8, 16],
      [0.5, 8],
      [0, 2 ** 33],
    ] as const) {
      expect(failure(() => map(address, length)).code).toBe('ERANGE')
    }
  })
})

describe.each(['typed', 'native', 'auto'] satisfies AccessPath[])(
  'a source that is mapped from its start only, access: %s',
  (access) => {
    const path = newFile(0)
    truncateSync(path, 5 * 2 ** 30)
    const map = (address: number, bytes: number) =>
      mapSource({ ...openFile(path, 'write'), wholeOnly: true }, { address, length: bytes, access })

    it('has no window that ends 4 GiB or more after its start', () => {
      for (const [address, bytes] of [
        [2 ** 32, 4096],
        [2 ** 32 - 4096, 4097],
      ] as const) {
        expect(said(() => map(address, bytes))).toBe(
          `ERANGE a window of ${bytes} bytes at 0x${address.toString(16)} in ${path}, which is mapped from its start only: expected one that ends within 4 GiB; open() reaches what is beyond`,
        )
      }
    })

    it('has its last window where it should be', () => {
      using window = map(2 ** 32 - 4096, 4096)
      window.write32(0xff0, 0xdead_beef)
      window.write64(0xff8, 0x0123_4567_89ab_cdefn)
      const bytes = Buffer.alloc(16)
      const fd = openSync(path, 'r')
      readSync(fd, bytes, 0, 16, 2 ** 32 - 16)
      closeSync(fd)
      expect(bytes.toString('hex')).toBe('efbeadde00000000efcdab8967452301')
    })
  },
)
