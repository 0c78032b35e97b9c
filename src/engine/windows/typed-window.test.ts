import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { PhysmemError } from '../../base/errors.ts'
import { openFile } from '../../ways/file.ts'
import { mapSource } from './map-window.ts'
import type { Window } from './window.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-window-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0

function newFile(bytes: number): string {
  const path = join(folder, `${files++}.bin`)
  writeFileSync(path, new Uint8Array(0))
  truncateSync(path, bytes)
  return path
}

function map(path: string, address: number, length: number, mode: 'read' | 'write' = 'write') {
  return mapSource(openFile(path, mode), { address, length, access: 'typed' })
}

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof PhysmemError ? error.code : String(error)
  }
  return 'none'
}

const WIDTHS = [8, 16, 32, 64] as const

function read(window: Window, width: (typeof WIDTHS)[number], offset: number) {
  return window[`read${width}`](offset)
}

function write(window: Window, width: (typeof WIDTHS)[number], offset: number) {
  if (width === 64) window.write64(offset, 1n)
  else window[`write${width}`](offset, 1)
}

describe.each(WIDTHS)('accesses of %i bits', (width) => {
  const bytes = width / 8

  it('reach the last element and none after it, and no negative one', () => {
    using window = map(newFile(8192), 64, 256)
    for (const act of [read, write]) {
      expect(codeOf(() => act(window, width, 256 - bytes))).toBe('none')
      for (const offset of [256, 256 + bytes, 8192, -bytes, -64, 2 ** 31, 2 ** 32, 2 ** 53]) {
        expect([offset, codeOf(() => act(window, width, offset))]).toEqual([offset, 'ERANGE'])
      }
      for (const offset of [0.5, 8.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect([offset, codeOf(() => act(window, width, offset))]).toEqual([offset, 'ERANGE'])
      }
    }
  })

  it('are aligned by their address, wherever the window starts', () => {
    for (let start = 0; start < 16; start++) {
      using window = map(newFile(8192), start, 64)
      for (let offset = 0; offset + bytes <= 64; offset++) {
        const expected = (start + offset) % bytes === 0 ? 'none' : 'EALIGN'
        expect([start, offset, codeOf(() => read(window, width, offset))]).toEqual([
          start,
          offset,
          expected,
        ])
        expect(codeOf(() => write(window, width, offset))).toBe(expected)
      }
    }
  })

  it('are refused when the window is closed or only for reading', () => {
    const window = map(newFile(4096), 0, 4096, 'read')
    expect(codeOf(() => read(window, width, 8))).toBe('none')
    expect(codeOf(() => write(window, width, 8))).toBe('EREADONLY')
    window.close()
    expect(codeOf(() => read(window, width, 8))).toBe('ECLOSED')
    expect(codeOf(() => write(window, width, 8))).toBe('ECLOSED')
  })

  it('work beyond 2 GiB', () => {
    using window = map(newFile(2 ** 31 + 4096), 0, 2 ** 31 + 4096)
    write(window, width, 2 ** 31 + 8)
    expect(Number(read(window, width, 2 ** 31 + 8))).toBe(1)
    write(window, width, 2 ** 31 - 8)
    expect(Number(read(window, width, 2 ** 31 - 8))).toBe(1)
  })

  it('throw after a fault, each time, and leave other windows alone', () => {
    const path = newFile(8192)
    using window = map(path, 0, 8192)
    using other = map(newFile(4096), 0, 4096)
    truncateSync(path, 4096)
    for (let round = 0; round < 10; round++) {
      expect(codeOf(() => read(window, width, 4096))).toBe('EFAULT_BUS')
      expect(codeOf(() => write(other, width, 0))).toBe('none')
      expect(codeOf(() => write(window, width, 4096))).toBe('EFAULT_BUS')
      expect(codeOf(() => read(window, width, 0))).toBe('none')
    }
  })
})

describe('values', () => {
  it.each([
    ['write8', [-129, 256, 0.5, Number.NaN]],
    ['write16', [-32769, 65536, 0.5, Number.NaN]],
    ['write32', [-(2 ** 31) - 1, 2 ** 32, 0.5, Number.NaN]],
  ] as const)('that do not fit are refused by %s', (method, values) => {
    using window = map(newFile(4096), 0, 64)
    for (const value of values) {
      expect([value, codeOf(() => window[method](0, value))]).toEqual([value, 'EVALUE'])
    }
    expect(codeOf(() => window.write64(0, -(2n ** 63n) - 1n))).toBe('EVALUE')
    expect(codeOf(() => window.write64(0, 2n ** 64n))).toBe('EVALUE')
    expect(window.read64(0)).toBe(0n)
  })

  it('of 32 bits may be negative or above 2^31', () => {
    using window = map(newFile(4096), 0, 64)
    for (const value of [-1, -(2 ** 31), 2 ** 31, 2 ** 32 - 1, 0, 2 ** 31 - 1]) {
      window.write32(4, value)
      expect(window.read32(4)).toBe(value >>> 0)
    }
  })
})
