import { afterAll, describe, expect, it } from 'vitest'
import { type PhysmemError, RequestError } from '../../errors.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import type { UioWhich } from '../../linux/uio-find.ts'
import { loadAddon } from '../../native/addon.ts'
import { mapSource } from './map-window.ts'
import { MappedMemory } from './mapped.ts'
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
      const source = openUio(way, 'read', root.path)
      source.close()
      expect(source).toMatchObject({ base: 0, length: 3 * page })
      return source.name
    })
    expect(names).toEqual(['uio:uio0/map0', 'uio:edu/regs', 'uio:uio0/regs', 'uio:edu/map0'])
  })

  it('begins behind the offset in its page, and ends with the page', async () => {
    const source = openUio(which('edu', 'late'), 'write', root.path)
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
    await using memory = new MappedMemory(openUio(which(0, 0), 'read', root.path))
    expect(await memory.read8(2 * page + 5)).toBe(2)
    expect(await memory.read8(0)).toBe(0)
    expect((await memory.readBlock(page - 4, 8, 8)).join()).toBe('0,0,0,0,1,1,1,1')
  })

  it('gives windows of it anywhere', () => {
    const stretch = { address: 2 * page + 4, length: 8 }
    using window = mapSource(openUio(which(0, 0), 'read', root.path), stretch)
    expect([window.read8(0), window.read32(4)]).toEqual([2, 0x0202_0202])
    const late = { address: 0, length: page - 0x100 }
    using other = mapSource(openUio(which(0, 'late'), 'read', root.path), late)
    expect(other.read8(page - 0x101)).toBe(3)
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
      openUio(what, 'read', root.path)
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
    expect(() => openUio(which(0, 0), 'read', empty.path)).toThrow(
      'there is no UIO device uio0: this machine has none',
    )
  })

  it('says that there is no device node', () => {
    using tree = new FakeRoot().uio(0, 'edu').uioMap(0, 0, { size: '0x1000', offset: '0x0' })
    expect(() => openUio(which(0, 0), 'write', tree.path)).toThrow(
      `${tree.at('dev/uio0')} cannot be opened for writing: there is no such file`,
    )
  })

  it.each([
    ['ENODEV', 'the driver is going away, or its memory does not start at a page (ENODEV)'],
    ['EINVAL', 'its size is no whole number of pages, or the driver went away (EINVAL)'],
    ['EAGAIN', 'mmap failed with EAGAIN'],
  ])('explains %s', (errno, reason) => {
    const source = openUio(which(0, 0), 'read', root.path)
    source.close()
    expect(source.explain(errno, 0)).toEqual({ code: 'EREFUSED', reason })
  })
})
