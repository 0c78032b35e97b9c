import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { localFiles } from '../engine/access-file.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { Program } from '../memory/program.ts'
import { openKcore } from './kcore.ts'
import { type FakeSegment, SPARSE_FOLDER, writeKcore } from './testing/fake-kcore.ts'

/** What the system answers to `open` of /proc/kcore, which a test cannot make it do. */
const system = vi.hoisted(() => ({ errno: undefined as string | undefined }))

vi.mock('node:fs', async (importActual) => {
  const fs = await importActual<typeof import('node:fs')>()
  const openSync: typeof fs.openSync = (path, flags, mode) => {
    if (system.errno === undefined || !`${path}`.endsWith('kcore')) {
      return fs.openSync(path, flags, mode)
    }
    throw Object.assign(new Error(system.errno), { code: system.errno })
  }
  return { ...fs, openSync }
})

const PAGE = 4096
/** Where x86-64 has its direct map, and where the kernel puts that in the file: beyond 2^53. */
const DIRECT = 0xffff_8880_0000_0000n
const FAR = 0x7f_ff88_8000_0000_0000n & ~0xfffn

/** Bytes of which each says where it is. */
function pattern(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8) + seed) & 0xff)
}

const low = pattern(4 * PAGE, 1)
const high = pattern(3 * PAGE, 2)
const at = (physical: number, bytes: Uint8Array): FakeSegment => ({
  virtual: DIRECT + BigInt(physical),
  physical: BigInt(physical),
  length: BigInt(bytes.length),
  offset: (FAR % 2n ** 62n) + BigInt(physical),
  bytes,
})
const ram = [at(0x1000, low), at(0x1_0000_0000, high)]
const vmalloc: FakeSegment = {
  virtual: 0xffff_c900_0000_0000n,
  physical: -1n,
  length: 2n ** 45n,
  offset: 0x4900_0000_1000n,
}

const hasSparse = process.platform === 'linux' && existsSync(SPARSE_FOLDER)
const title = hasSparse ? 'openKcore' : `openKcore (skipped: there is no ${SPARSE_FOLDER})`

describe.skipIf(!hasSparse)(title, () => {
  let root: FakeRoot
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(SPARSE_FOLDER, 'physmem-kcore-'))
    root = new FakeRoot().link('proc/kcore', join(folder, 'kcore'))
  })

  afterEach(() => {
    system.errno = undefined
    rmSync(folder, { recursive: true })
    root[Symbol.dispose]()
  })

  const put = (...segments: FakeSegment[]) => writeKcore(join(folder, 'kcore'), segments)

  /** The flags of each page from frame 0 on. */
  function flags(length: number, of: Record<number, bigint> = {}): void {
    const words = BigUint64Array.from({ length }, (_, frame) => of[frame] ?? 0n)
    root.put('proc/kpageflags', new Uint8Array(words.buffer))
  }

  it('reads RAM by physical address, wherever it is in the file', async () => {
    put(vmalloc, ...ram)
    await using memory = await openKcore(localFiles(root.system))
    expect(await memory.read8(0x1003)).toBe(low[3])
    expect(await memory.read16(0x1002)).toBe(Buffer.from(low).readUInt16LE(2))
    expect(await memory.read32(0x1_0000_0004)).toBe(Buffer.from(high).readUInt32LE(4))
    expect(await memory.read64(0x1_0000_0008)).toBe(Buffer.from(high).readBigUInt64LE(8))
    expect(memory.stretchAt(0x1_0000_1234)).toMatchObject({
      start: 0x1_0000_0000,
      end: 0x1_0000_3000,
    })
    expect(memory.stretchAt(0xfed0_0000)).toBeUndefined()
  })

  it('reads any stretch of any width as it is there', async () => {
    put(...ram)
    await using memory = await openKcore(localFiles(root.system))
    const stretch = fc.record({
      width: fc.constantFrom(8, 16, 32, 64),
      first: fc.nat(low.length / 8 - 1),
      count: fc.integer({ min: 1, max: 300 }),
    })
    await fc.assert(
      fc.asyncProperty(stretch, async ({ width, first, count }) => {
        const start = first * 8
        const whole = Math.min(count, Math.floor(((low.length - start) * 8) / width))
        const bytes = await memory.readBlock(0x1000 + start, width as 8, whole)
        expect(bytes).toEqual(low.subarray(start, start + (whole * width) / 8))
      }),
    )
  })

  it('reads again and again from a fixed address, and waits', async () => {
    put(...ram)
    await using memory = await openKcore(localFiles(root.system))
    const four = await memory.readBlock(0x1004, 8, 4, 'fixed')
    expect([...four]).toEqual(Array(4).fill(low[4]))
    const equals = Buffer.from(low).readUInt32LE(4)
    expect((await memory.wait(0x1004, 32, { equals })).value).toBe(equals)
    const waiting = memory.wait(0x1004, 32, { equals: equals ^ 1, timeoutMs: 0 })
    await expect(waiting).rejects.toMatchObject({ code: 'ETIMEOUT' })
  })

  it('refuses what is not RAM before anything is read', async () => {
    put(...ram)
    await using memory = await openKcore(localFiles(root.system))
    const block = { op: 'readBlock', address: 0x4000, width: 32, count: 2048 } as const
    const error = await memory
      .run(new Program([{ op: 'read', address: 0x1000, width: 8 }, block]))
      .catch((reason: PhysmemError) => reason)
    expect(error).toMatchObject({
      code: 'ENOTRAM',
      message: `0x00005000 (${root.at('proc/kcore')}) is not RAM: /proc/kcore has nothing but the RAM that the kernel uses`,
      data: { step: 1, address: 0x5000 },
    })
    expect(error).not.toHaveProperty('results')
  })

  it('goes over from one segment into the next', async () => {
    put(at(0x1000, low), at(0x5000, high))
    await using memory = await openKcore(localFiles(root.system))
    const bytes = await memory.readBlock(0x1000, 32, (7 * PAGE) / 4)
    expect(Buffer.compare(bytes, Buffer.concat([low, high]))).toBe(0)
  })

  it('refuses writes, and cache lines', async () => {
    put(...ram)
    await using memory = await openKcore(localFiles(root.system))
    await expect(memory.write32(0x1000, 1)).rejects.toMatchObject({
      code: 'EREADONLY',
      message: `${root.at('proc/kcore')} cannot be written: the kernel offers it for reading only`,
    })
    await expect(memory.cache('clean', 0x1000, 64)).rejects.toMatchObject({
      code: 'EREFUSED',
      message: `the cache lines of ${root.at('proc/kcore')} cannot be reached: it is read by system calls, not mapped`,
    })
    await memory.close()
    await expect(memory.read8(0x1000)).rejects.toMatchObject({ code: 'ECLOSED' })
  })

  it('takes the larger of two stretches that hold an address', async () => {
    const text: FakeSegment = { ...at(0x2000, high.subarray(0, PAGE)), offset: 0x10_0000n }
    put(text, ...ram)
    await using memory = await openKcore(localFiles(root.system))
    expect(await memory.read8(0x2000)).toBe(low[PAGE])
  })

  describe('pages that the kernel does not show', () => {
    const zeros = low.slice().fill(0, PAGE, 3 * PAGE) // At 0x2000 and 0x3000.

    it.each([
      ['HWPOISON', 1n << 19n, 'the page is broken (HWPOISON)'],
      ['OFFLINE', 1n << 23n, 'the page was given back to the hypervisor (OFFLINE)'],
      ['NOPAGE', 1n << 20n, 'the kernel has taken the page offline (NOPAGE)'],
    ])('are unreadable: %s', async (_, flag, reason) => {
      put(at(0x1000, zeros))
      flags(16, { 3: flag })
      await using memory = await openKcore(localFiles(root.system))
      expect(memory.note).toBeUndefined()
      expect(await memory.read32(0x2ffc)).toBe(0)
      const error: PhysmemError = await memory.read32(0x3004).catch((e) => e)
      expect(error.code).toBe('EUNREADABLE')
      expect(error.message).toContain(
        `32-bit read at 0x00003004 (${memory.name}) failed: ${reason}`,
      )
      expect(error.message).toMatch(/shows zeros in its place$/)
      const block: PhysmemError = await memory.readBlock(0x1000, 32, 4096).catch((e) => e)
      expect(block).toMatchObject({
        code: 'EUNREADABLE',
        data: { address: 0x3000, elementsDone: 2048 },
      })
      expect(block.results?.partialBytes(0, 2048)).toEqual(zeros.subarray(0, 2 * PAGE))
    })

    it('are not asked for where anything is not zero', async () => {
      put(at(0x1000, low))
      flags(16, { 1: 1n << 19n })
      await using memory = await openKcore(localFiles(root.system))
      expect(await memory.read8(0x1003)).toBe(low[3])
    })

    it('cannot be determined without the flags, which is said', async () => {
      put(at(0x1000, zeros))
      await using memory = await openKcore(localFiles(root.system))
      expect(await memory.read32(0x3000)).toBe(0)
      expect(memory.note).toBe(
        'the pages that the kernel shows as zeros are not known: /proc/kpageflags cannot be opened: the kernel was built without CONFIG_PROC_PAGE_MONITOR, or a container hides it (ENOENT)',
      )
    })
  })

  describe('headers without physical addresses', () => {
    const iomem =
      '00001000-00004fff : System RAM\n00005000-0000ffff : Reserved\n' +
      '100000000-100002fff : System RAM\n  100000000-100000fff : Kernel code\n'
    const old = ram.map((segment) => ({ ...segment, physical: 0n }))

    it('are understood by /proc/iomem', async () => {
      put({ ...vmalloc, physical: 0n }, ...old)
      root.put('proc/iomem', iomem)
      await using memory = await openKcore(localFiles(root.system))
      expect(await memory.read8(0x1003)).toBe(low[3])
      expect(await memory.read8(0x1_0000_2fff)).toBe(high.at(-1))
    })

    it.each([
      ['there is none', undefined],
      ['its addresses are hidden', '00000000-00000000 : System RAM\n'],
      ['it does not fit', '00001000-00003fff : System RAM\n'],
    ])('are refused when %s', async (_, text) => {
      put(...old)
      if (text !== undefined) root.put('proc/iomem', text)
      await expect(openKcore(localFiles(root.system))).rejects.toThrow(
        expect.objectContaining({
          code: 'EREFUSED',
          message: `${root.at('proc/kcore')} cannot be read by physical address: its headers have no physical addresses, as before Linux 4.11, and /proc/iomem does not give them either`,
        }),
      )
    })
  })

  describe('that cannot be opened', () => {
    async function refused(errno?: string): Promise<PhysmemError> {
      system.errno = errno
      try {
        await openKcore(localFiles(root.system))
      } catch (error) {
        return error as PhysmemError
      }
      throw new Error('it was opened')
    }
    const what = () => `${root.at('proc/kcore')} cannot be opened for reading: `

    it('is missing', async () => {
      expect(await refused()).toMatchObject({
        code: 'EREFUSED_NO_KCORE',
        message: `${what()}there is no such file: the kernel was built without CONFIG_PROC_KCORE, or a container hides it (ENOENT)`,
        data: {
          errno: 'ENOENT',
          cure: 'use a kernel with CONFIG_PROC_KCORE=y, or run it outside of the container',
        },
      })
    })

    it('is not for this user', async () => {
      expect(await refused('EACCES')).toMatchObject({
        code: 'EPERMISSION',
        message: `${what()}its permissions do not allow it (EACCES)`,
        data: { cure: 'run it as root' },
      })
    })

    it('needs a capability', async () => {
      root.put('proc/self/status', 'Uid:\t0\t0\t0\t0\nCapEff:\t0000000000000000\n')
      expect(await refused('EPERM')).toMatchObject({
        code: 'EPERMISSION',
        message: `${what()}this process lacks the capability CAP_SYS_RAWIO (EPERM)`,
      })
    })

    it('is locked down for confidentiality, and for nothing less', async () => {
      root.put('proc/self/status', 'CapEff:\t000001ffffffffff\n')
      root.lockdown('none integrity [confidentiality]')
      expect((await refused('EPERM')).message).toBe(
        `${what()}the kernel is locked down (confidentiality), most likely by Secure Boot (EPERM)`,
      )
      root.lockdown('none [integrity] confidentiality')
      expect((await refused('EPERM')).code).toBe('EPERMISSION')
    })

    it('is hidden by a container', async () => {
      const masked = {
        code: 'EREFUSED_NO_KCORE',
        data: { cure: 'run it outside of the container' },
      }
      const message = `${what()}it is empty, since a container hides it`
      put()
      rmSync(root.at('proc/kcore'))
      root.put('proc/kcore', '')
      expect(await refused()).toMatchObject({ ...masked, message })
      rmSync(root.at('proc/kcore'))
      root.link('proc/kcore', '/dev/null')
      expect(await refused()).toMatchObject({ ...masked, message })
    })

    it('is no kcore at all', async () => {
      rmSync(root.at('proc/kcore'))
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
          root.put('proc/kcore', bytes)
          expect((await refused()).code).toBe('EREFUSED')
        }),
      )
    })
  })
})
