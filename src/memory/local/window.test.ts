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
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { PhysmemError } from '../../errors.ts'
import type { Width } from '../step.ts'
import { openFile } from './file.ts'
import { type AccessPath, mapSource } from './map-window.ts'
import { keepsModel } from './testing/window-model.ts'
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

  it('updates the bits of the mask and returns the old value', () => {
    using window = map(newFile(length))
    window.write32(8, 0xf0f0_f0f0)
    expect(window.update32(8, 0x8000_00ff, 0x7fff_ff12)).toBe(0xf0f0_f0f0)
    expect(window.read32(8)).toBe(0x70f0_f012)
    window.write8(1, 0xff)
    expect(window.update8(1, 0x0f, 0x03)).toBe(0xff)
    expect(window.read16(0)).toBe(0xf300)
    expect(window.update16(0, 0xffff, 0x1234)).toBe(0xf300)
    window.write64(16, 0xffff_ffff_ffff_ffffn)
    expect(window.update64(16, ~0n & 0xffff_ffff_0000_0000n, 0n)).toBe(0xffff_ffff_ffff_ffffn)
    expect(window.read64(16)).toBe(0xffff_ffffn)
  })

  it('takes the negative numbers that | and ~ give as 32-bit values', () => {
    using window = map(newFile(length))
    window.write32(0, 0x8000_0000)
    window.write32(0, window.read32(0) | 1)
    expect(window.read32(0)).toBe(0x8000_0001)
    window.write32(0, ~0)
    expect(window.read32(0)).toBe(0xffff_ffff)
  })

  it('takes them at every width, as value and as mask', () => {
    using window = map(newFile(length))
    window.write8(0, ~1)
    window.write16(2, ~1)
    window.write64(8, ~1n)
    expect([window.read8(0), window.read16(2), window.read64(8)]).toEqual([
      0xfe,
      0xfffe,
      2n ** 64n - 2n,
    ])
    expect(window.update8(0, ~0x80, ~0x7f)).toBe(0xfe)
    expect(window.update16(2, ~0x8000, -0x8000)).toBe(0xfffe)
    expect(window.update64(8, ~(1n << 63n), -(1n << 63n))).toBe(2n ** 64n - 2n)
    expect([window.read8(0), window.read16(2), window.read64(8)]).toEqual([0x80, 0x8000, 1n << 63n])
    window.write32(4, 1 << 31)
    expect(window.wait32(4, { mask: 1 << 31, equals: 1 << 31, timeoutMs: 5 }).value).toBe(2 ** 31)
    expect(window.wait8(0, { equals: -0x80, timeoutMs: 5 }).value).toBe(0x80)
    expect(window.wait64(8, { mask: -1n, equals: -(1n << 63n), timeoutMs: 5 }).value).toBe(
      1n << 63n,
    )
  })

  it('takes numbers at 64 bits, as far as they are exact', () => {
    using window = map(newFile(length))
    window.write64(0, 5)
    expect(window.update64(0, 0xf0, 0x20)).toBe(5n)
    expect(window.wait64(0, { mask: 0xff, equals: 0x25, timeoutMs: 5 }).value).toBe(0x25n)
  })

  it('refuses before anything is touched', () => {
    const path = newFile(length)
    using window = map(path, 4, 4096)
    const bad = [
      ...[1.5, -1, Number.NaN, 4096, 4093, 2 ** 32].map(
        (offset) => () => window.write32(offset, 1),
      ),
      () => window.write32(2, 1),
      () => window.write64(0, 1n),
      () => window.write16(3, 1),
      () => window.write8(4096, 1),
      () => window.write8(0, 256),
      () => window.write8(0, -129),
      () => window.write16(0, 0x1_0000),
      () => window.write32(0, 2 ** 32),
      () => window.write32(0, 0.5),
      () => window.write64(4, 2n ** 64n),
      () => window.write64(4, -(2n ** 63n) - 1n),
      () => window.write64(4, -1),
      () => window.writeBlock(4092, 32, new Uint8Array(8)),
      () => window.writeBlock(0, 32, new Uint8Array(6)),
      () => window.writeBlock(0, 32, new Uint8Array(0)),
      () => window.readBlock(0, 32, 0),
    ]
    for (const act of bad) expect(failure(act).code).toMatch(/^E(RANGE|ALIGN|VALUE)$/)
    const text = '4' as unknown as number
    expect(said(() => window.write32(text, 1))).toBe(
      'EUSAGE a string is no offset: expected a number',
    )
    expect(said(() => window.readBlock(text, 32, 1))).toBe(
      'EUSAGE a string is no offset: expected a number',
    )
    expect(said(() => window.wait32(text, { equals: 1 }))).toBe(
      'EUSAGE a string is no offset: expected a number',
    )
    expect(said(() => window.write32(0, text))).toBe(
      'EUSAGE a string is no value: expected a number or a bigint',
    )
    expect(failure(() => window.write8(8, 0x100)).data).toEqual({
      ...{ address: 12, offset: 8, width: 8, value: 0x100 },
    })
    expect(readFileSync(path).every((byte) => byte === 0)).toBe(true)
    expect(said(() => window.read32(2))).toBe(
      `EALIGN 0x00000006 (${path}) is not a multiple of 4: a 32-bit access would not be one access`,
    )
    expect(said(() => window.read64(4096))).toBe(
      'ERANGE offset 4096 is not inside the window: a 64-bit access needs 0 to 4088',
    )
    expect(said(() => window.write16(0, 0x12345))).toBe(
      'EVALUE the value 0x12345 does not fit in 16 bits',
    )
  })

  it('moves blocks, rising and fixed, and waits', () => {
    using window = map(newFile(length))
    const bytes = Uint8Array.from({ length: 4096 + 64 }, (_, i) => i * 7)
    window.writeBlock(64, 32, bytes)
    expect(window.readBlock(64, 16, bytes.length / 2)).toEqual(bytes)
    window.writeBlock(0, 32, Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0), 'fixed')
    expect(window.read32(0)).toBe(2)
    expect(window.readBlock(0, 32, 2, 'fixed')).toEqual(Uint8Array.of(2, 0, 0, 0, 2, 0, 0, 0))
    expect(window.wait32(0, { mask: 3, equals: 2 }).value).toBe(2)
    expect(said(() => window.wait32(0, { equals: 3, timeoutMs: 5 }))).toMatch(
      /^ETIMEOUT wait at 0x00000000 \(.*\) timed out after 5 ms: 0x2 is not 0x3$/,
    )
    expect(said(() => window.wait32(0, { mask: 1, equals: 1, timeoutMs: 5 }))).toMatch(
      /^ETIMEOUT wait at 0x00000000 \(.*\) timed out after 5 ms: \(0x2 & 0x1\) is not 0x1$/,
    )
    window.fence()
  })

  it('refuses masks, values and times that cannot be meant, before any access', () => {
    const path = newFile(length)
    using window = map(path)
    const refused: [() => unknown, string][] = [
      [() => window.update32(0, 2 ** 32, 5), 'EVALUE the mask 0x100000000 does not fit in 32 bits'],
      [() => window.update32(0, Number.NaN, 5), 'EVALUE the mask NaN is no whole number'],
      [() => window.update16(0, -0x1_0001, 1), 'EVALUE the mask -65537 does not fit in 16 bits'],
      [() => window.update16(0, 1, -0x8001), 'EVALUE the value -32769 does not fit in 16 bits'],
      [() => window.update16(0, 1, 0x12345), 'EVALUE the value 0x12345 does not fit in 16 bits'],
      [() => window.update8(0, 0x1ff, 1), 'EVALUE the mask 0x1ff does not fit in 8 bits'],
      [
        () => window.update64(0, 2n ** 64n, 1n),
        `EVALUE the mask 0x1${'0'.repeat(16)} does not fit in 64 bits`,
      ],
      [
        () => window.write64(8, -2),
        'EVALUE the value -2 is a negative number, which has 32 bits: expected a bigint, such as -2n',
      ],
      [() => window.write8(8, -129), 'EVALUE the value -129 does not fit in 8 bits'],
      [
        () => window.wait32(0, { equals: 1, timeoutMs: -5 }),
        'ERANGE a time-out in milliseconds of -5: expected 0 to 86400000',
      ],
      [
        () => window.wait32(0, { equals: 1, timeoutMs: Number.NaN }),
        'ERANGE a time-out in milliseconds of NaN: expected 0 to 86400000',
      ],
      [
        () => window.wait32(0, { equals: 1, timeoutMs: Number.POSITIVE_INFINITY }),
        'ERANGE a time-out in milliseconds of Infinity: expected 0 to 86400000',
      ],
      [
        () => window.readBlock(0, 24 as Width, 4),
        'EWIDTH a width of 24 bits: expected 8, 16, 32 or 64',
      ],
    ]
    for (const [act, message] of refused) expect(said(act)).toBe(message)
    expect(failure(() => window.wait32(8, { mask: 1, equals: 2 }))).toMatchObject({
      code: 'EVALUE',
      data: { address: 8, offset: 8, width: 32, value: 2, mask: 1 },
    })
    expect(said(() => window.wait32(8, { mask: 1, equals: 2, negate: true }))).toBe(
      'EVALUE the value to wait for 0x2 has bits outside the mask 0x1: the condition would be true at once',
    )
    expect(failure(() => window.readBlock(0, 32, 2, 'fixd' as 'fixed')).code).toBe('EUSAGE')
    expect(failure(() => window.writeBlock(length, 8, new Uint8Array(1))).data.direction).toBe(
      'write',
    )
    expect(readFileSync(path).every((byte) => byte === 0)).toBe(true)
  })

  it('never gives a block or a wait the zeros behind the end of a file', () => {
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

  it('cannot be used after close, and does not show its memory when printed', () => {
    const path = newFile(length)
    const window = map(path)
    window.write32(0, 0x5eadbeef)
    expect(inspect(window, { showHidden: true, depth: 5 })).not.toContain('5eadbeef')
    expect(Object.keys(window).sort()).toEqual(['address', 'length', 'name', 'writable'])
    window.close()
    window.close()
    const uses = [
      () => window.read8(0),
      () => window.write64(0, 1n),
      () => window.readBlock(0, 8, 1),
      () => window.writeBlock(0, 8, new Uint8Array(1)),
      () => window.wait8(0, { equals: 0 }),
      () => window.update32(0, 1, 1),
    ]
    for (const act of uses) expect(said(act)).toBe(`ECLOSED ${path} is closed`)
  })

  it('refuses writes where it was opened for reading', () => {
    const path = newFile(length)
    using window = mapSource(openFile(path, 'read'), { address: 0, length: 64, access })
    expect(window.read32(0)).toBe(0)
    expect(said(() => window.write32(0, 1))).toBe(`EREADONLY ${path} was opened for reading only`)
    expect(said(() => window.writeBlock(0, 8, new Uint8Array(1)))).toBe(
      `EREADONLY ${path} was opened for reading only`,
    )
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

  it.each([8, 16, 32, 64] as const)(
    'stores a Node Buffer that starts at any byte, %i bits',
    (width) => {
      using window = map(newFile(length))
      const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
      for (let at = 0; at < 8; at++) {
        const around = Buffer.allocUnsafeSlow(32)
        const data = around.subarray(at, at + bytes.length)
        data.set(bytes)
        window.writeBlock(64, 8, new Uint8Array(bytes.length))
        window.writeBlock(64, width, data)
        expect(window.readBlock(64, 8, bytes.length)).toEqual(bytes)
      }
    },
  )
})

describe('mapSource', () => {
  it('refuses a stretch that does not exist', () => {
    const path = newFile(100)
    const map = (address: number, length: number) =>
      mapSource(openFile(path, 'read'), { address, length })
    expect(said(() => map(0, 101))).toBe(
      `ERANGE 0x0 to 0x64 is not inside ${path}: expected 0x0 to 0x63`,
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

    it('has no window that ends 4 GiB or more behind its start', () => {
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
