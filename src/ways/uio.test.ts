import { readFileSync, renameSync, truncateSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { type PhysmemError, RequestError } from '../base/errors.ts'
import { run } from '../cli/testing/run.ts'
import { loadAddon } from '../engine/addon.ts'
import { MappedMemory } from '../engine/mapped.ts'
import type { Mode } from '../engine/source.ts'
import { mapSource } from '../engine/windows/map-window.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import type { UioWhich } from '../linux/uio-find.ts'
import { Program } from '../memory/program.ts'
import { openUio } from './uio.ts'

const page = loadAddon().pageSize
const hex = (value: number) => `0x${value.toString(16)}`

/** In a plain file page N is page N; that a UIO device answers otherwise is tested in the lab. */
const device = new Uint8Array(6 * page).map((_, i) => Math.floor(i / page))

const root = new FakeRoot()
  .put('dev/uio0', device)
  .uio(0, 'edu')
  .uioMap(0, 0, { name: 'regs', addr: '0xfea00000', size: hex(3 * page), offset: '0x0' })
  .uioMap(0, 3, { name: 'late', addr: '0xfeb00000', size: hex(page), offset: '0x100' })
  .uioMap(0, 4, { addr: '0xfec00000', size: hex(page), offset: '0x0' })
  .uio(1, 'twin')
  .uio(2, 'twin')
  .uio(3, 'bare')
afterAll(() => root[Symbol.dispose]())

const which = (name: number | string, map: number | string): UioWhich => ({ device: name, map })

describe('openUio', () => {
  it('is the same by number and by name', () => {
    const ways = [which(0, 0), which('edu', 'regs'), which(0, 'regs'), which('edu', 0)]
    const names = ways.map((way) => {
      const source = openUio(way, 'read', root.system)
      source.close()
      expect(source).toMatchObject({ base: 0, length: 3 * page })
      return source.name
    })
    expect(names).toEqual(['uio:uio0/map0', 'uio:edu/regs', 'uio:uio0/regs', 'uio:edu/map0'])
  })

  it('begins after the offset in its page, and ends with the page', async () => {
    const source = openUio(which('edu', 'late'), 'write', root.system)
    expect(source).toMatchObject({ base: 3 * page + 0x100, length: page - 0x100 })
    await using memory = new MappedMemory(source)
    expect(await memory.read8(0)).toBe(3)
    await memory.write32(4, 0x0102_0304)
    expect(await memory.read8(4)).toBe(4)
    await expect(memory.read32(page - 0x100)).rejects.toThrow(
      `is not inside uio:edu/late: expected 0x0 to ${hex(page - 0x101)}`,
    )
  })

  it('reaches every page of a map', async () => {
    await using memory = new MappedMemory(openUio(which(0, 0), 'read', root.system))
    expect(await memory.read8(2 * page + 5)).toBe(2)
    expect(await memory.read8(0)).toBe(0)
    expect((await memory.readBlock(page - 4, 8, 8)).join()).toBe('0,0,0,0,1,1,1,1')
  })

  it('gives windows of it anywhere', () => {
    const stretch = { address: 2 * page + 4, length: 8 }
    using window = mapSource(openUio(which(0, 0), 'read', root.system), stretch)
    expect([window.read8(0), window.read32(4)]).toEqual([2, 0x0202_0202])
    const late = { address: 0, length: page - 0x100 }
    using other = mapSource(openUio(which(0, 'late'), 'read', root.system), late)
    expect(other.read8(page - 0x101)).toBe(3)
  })

  describe('of which the registers start inside of 8 bytes', () => {
    /** Map 0 starts at 0x604 of its page: what is aligned in memory is so 4 bytes after. */
    const odd = new FakeRoot()
      .uio(0, 'odd')
      .uioMap(0, 0, { name: 'regs', addr: '0xfea00000', size: hex(page), offset: '0x604' })
    const bytes = Uint8Array.from({ length: page }, (_, index) => index ^ (index >> 8))
    const regs = bytes.subarray(0x604)
    odd.put('dev/uio0', bytes)
    afterAll(() => odd[Symbol.dispose]())
    const open = (mode: Mode = 'read') => openUio(which(0, 0), mode, odd.system)
    const view = new DataView(regs.buffer, regs.byteOffset)

    it('takes every width where it is aligned in physical memory', async () => {
      await using memory = new MappedMemory(open())
      expect([memory.misalignment, memory.length]).toEqual([4, page - 0x604])
      expect(await memory.read8(1)).toBe(view.getUint8(1))
      expect(await memory.read16(2)).toBe(view.getUint16(2, true))
      expect(await memory.read32(0)).toBe(view.getUint32(0, true))
      expect(await memory.read64(4)).toBe(view.getBigUint64(4, true))
      expect(await memory.readBlock(4, 64, 3)).toEqual(regs.slice(4, 28))
      using window = mapSource(open(), { address: 0, length: 64 })
      expect([window.read32(0), window.read64(4)]).toEqual([
        view.getUint32(0, true),
        view.getBigUint64(4, true),
      ])
    })

    it('refuses what is aligned in the map only', async () => {
      await using memory = new MappedMemory(open())
      await expect(memory.read64(0)).rejects.toMatchObject({
        code: 'EALIGN',
        message:
          '0x00000000 is 4 bytes past a multiple of 8 in physical memory: a 64-bit access would not be one access',
      })
      // A program that was made for another memory.
      const program = new Program([
        { op: 'read', address: 0, width: 32 },
        { op: 'read', address: 8, width: 64 },
      ])
      await expect(memory.run(program)).rejects.toMatchObject({ code: 'EALIGN', data: { step: 1 } })
      using window = mapSource(open(), { address: 0, length: 64 })
      expect(() => window.read64(0)).toThrow('0x00000000 (uio:uio0/map0) is not a multiple of 8')
    })

    it('writes there, and tells faults and ends by its own addresses', async () => {
      await using memory = new MappedMemory(open('write'))
      await memory.write64(12, 0x0123_4567_89ab_cdefn)
      await memory.writeBlock(20, 64, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))
      const written = readFileSync(odd.at('dev/uio0')).subarray(0x604 + 12, 0x604 + 28)
      expect(written.toString('hex')).toBe('efcdab89674523010102030405060708')
      await expect(memory.read32(page - 0x604)).rejects.toThrow(
        `${hex(page - 0x604)} to ${hex(page - 0x601)} is not inside uio:uio0/map0: expected 0x0 to ${hex(page - 0x605)}`,
      )
      truncateSync(odd.at('dev/uio0'), 0)
      await expect(memory.read64(4)).rejects.toMatchObject({
        code: 'EFAULT_BUS',
        data: { address: 4 },
        message: '64-bit read at 0x00000004 (uio:uio0/map0) failed: nothing answered (bus error)',
      })
    })

    it('is so for a command', async () => {
      odd.put('dev/uio0', bytes)
      const outcomes = await Promise.all(
        ['read uio:0/map0+4 -q --width 64', 'read uio:0/map0 --width 64', 'read uio:0/map0 -q'].map(
          (line) => run(line.split(' '), { root: odd.path }),
        ),
      )
      const [wide, refused, narrow] = outcomes
      expect(wide?.out).toBe(`0x${view.getBigUint64(4, true).toString(16).padStart(16, '0')}\n`)
      expect(refused).toMatchObject({
        code: 2,
        err:
          'physmem: uio:uio0/map0 is 4 bytes past a multiple of 8 in physical memory: a 64-bit access needs 0x4\n' +
          '  hint: use --width 32, or --unaligned to access it byte by byte\n',
      })
      expect(narrow?.out).toBe(`0x${view.getUint32(0, true).toString(16).padStart(8, '0')}\n`)
    })
  })

  it('is not accessed any more when the device is gone, or another one has its number', async () => {
    using tree = new FakeRoot()
    const add = () =>
      tree.uio(0, 'edu').uioMap(0, 0, { size: hex(page), offset: '0x0', addr: '0xfea00000' })
    add().put('dev/uio0', new Uint8Array(page))
    await using memory = new MappedMemory(openUio(which(0, 0), 'write', tree.system))
    const source = openUio(which(0, 0), 'write', tree.system)
    using window = mapSource(source, { address: 0, length: 16 })
    await memory.write32(0, 1)
    const gone = 'uio:uio0/map0 is gone: its driver was unbound, or it was removed'
    const isGone = expect.objectContaining({ name: 'AccessError', code: 'EIO', message: gone })
    const look = async () => {
      await expect(memory.write32(0, 2)).rejects.toEqual(isGone)
      await expect(memory.wait(0, 32, { equals: 1 })).rejects.toEqual(isGone)
      expect(() => window.writeBlock(0, 32, new Uint8Array(8))).toThrow(isGone)
      expect(() => window.wait32(0, { equals: 1 })).toThrow(isGone)
    }
    renameSync(tree.at('sys/class/uio/uio0'), tree.at('old'))
    await look()
    add()
    await look()
    expect(readFileSync(tree.at('dev/uio0')).readUInt32LE(0)).toBe(1)
  })

  it.each<[string, UioWhich, string]>([
    [
      'a device that is not there, by number',
      which(7, 0),
      'there is no UIO device uio7: there are uio0 (edu), uio1 (twin), uio2 (twin), uio3 (bare)',
    ],
    [
      'a device that is not there, by name',
      which('fpga', 0),
      'there is no UIO device fpga: there are uio0 (edu), uio1 (twin), uio2 (twin), uio3 (bare)',
    ],
    [
      'a name that two devices have',
      which('twin', 0),
      'several UIO devices are named twin: choose one of uio1, uio2',
    ],
    [
      'a map that is not there',
      which(0, 1),
      'uio0 (edu) has no map map1: it has map0 (regs), map3 (late), map4',
    ],
    [
      'a map of another name',
      which('edu', 'ram'),
      'uio0 (edu) has no map ram: it has map0 (regs), map3 (late), map4',
    ],
    ['a device without maps', which('bare', 0), 'uio3 (bare) has no map map0: it has none'],
  ])('refuses %s', (_, what, message) => {
    try {
      openUio(what, 'read', root.system)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(RequestError)
      expect([(error as PhysmemError).code, (error as PhysmemError).message]).toEqual([
        'ENOPLACE',
        message,
      ])
      expect((error as PhysmemError).data.place).toMatch(/^uio:/)
    }
  })

  it('says that a machine has none', () => {
    using empty = new FakeRoot()
    expect(() => openUio(which(0, 0), 'read', empty.system)).toThrow(
      'there is no UIO device uio0: this machine has none',
    )
  })

  it('says that there is no device node', () => {
    using tree = new FakeRoot().uio(0, 'edu').uioMap(0, 0, { size: '0x1000', offset: '0x0' })
    expect(() => openUio(which(0, 0), 'write', tree.system)).toThrow(
      `${tree.at('dev/uio0')} cannot be opened for writing: there is no such file`,
    )
  })

  it.each([
    ['ENODEV', 'the driver is going away, or its memory does not start at a page (ENODEV)'],
    ['EINVAL', 'its size is not a whole number of pages, or the driver went away (EINVAL)'],
    ['EAGAIN', 'mmap failed with EAGAIN'],
  ])('explains %s', (errno, reason) => {
    const source = openUio(which(0, 0), 'read', root.system)
    source.close()
    expect(source.explain(errno, 0)).toEqual({ code: 'EREFUSED', reason })
  })
})
