import { execFileSync } from 'node:child_process'
import { readFileSync, type Stats, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { type PhysmemError, RequestError } from '../base/errors.ts'
import { memoryOf } from '../engine/from-start.ts'
import { MappedMemory } from '../engine/mapped.ts'
import { mapSource } from '../engine/windows/map-window.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { explainerOf, openFile } from './file.ts'

const root = new FakeRoot().put('some.bin', Uint8Array.of(1, 2, 3, 4, 5)).folder('folder')
afterAll(() => root[Symbol.dispose]())

function refused(path: string): PhysmemError {
  try {
    openFile(path, 'read')
  } catch (error) {
    return error as PhysmemError
  }
  throw new Error('it was opened')
}

describe('openFile', () => {
  it('has the length of a regular file', async () => {
    const path = root.at('some.bin')
    const source = openFile(path, 'read')
    expect(source).toMatchObject({ name: path, mode: 'read', base: 0, length: 5 })
    await using memory = new MappedMemory(source)
    expect(await memory.read32(0)).toBe(0x04030201)
    await expect(memory.read32(4)).rejects.toThrow(
      `0x4 to 0x7 is not inside ${path}: expected 0x0 to 0x4`,
    )
  })

  it('does not know the length of a device node', async () => {
    const source = openFile('/dev/zero', 'read')
    expect(source).toMatchObject({ length: undefined, regularFile: false })
    await using memory = new MappedMemory(source)
    expect(await memory.read64(0x10_0000)).toBe(0n)
  })

  it('refuses a directory, a pipe and a socket, and what is not there', async () => {
    const pipe = root.at('pipe')
    execFileSync('mkfifo', [pipe])
    const socket = root.at('socket')
    const server = createServer().listen(socket)
    await new Promise((resolve) => server.once('listening', resolve))
    const expected = [
      [root.at('folder'), 'is a directory: expected a file or a device node'],
      [pipe, 'is a pipe or a socket: it cannot be mapped'],
      [socket, 'is a pipe or a socket: it cannot be mapped'],
      [root.at('none'), 'cannot be opened for reading: there is no such file'],
      [root.at('some.bin/none'), 'cannot be opened for reading: there is no such file'],
    ] as const
    for (const [path, what] of expected) {
      const error = refused(path)
      expect(error).toBeInstanceOf(RequestError)
      expect([error.code, error.message, error.data.place]).toEqual([
        'ENOPLACE',
        `${path} ${what}`,
        `file:${path}`,
      ])
    }
    server.close()
  })

  it('says who expands a home folder, where it is named in a place', () => {
    expect(refused('~/none').data.cure).toBe(
      'a shell puts the home folder for ~ only where a word begins: write $HOME in its place',
    )
  })

  it('explains what cannot be mapped', async () => {
    await using memory = memoryOf(openFile('/dev/null', 'read'))
    const error = await memory.read8(0).catch((reason: unknown) => reason as PhysmemError)
    expect(error).toMatchObject({
      code: 'EREFUSED',
      message:
        '0x00000000 (/dev/null) cannot be mapped: its driver or file system does not support mmap (ENODEV)',
      data: { errno: 'ENODEV', address: 0 },
    })
  })

  it.each([
    ['EACCES', 'EPERMISSION', 'it was not opened for this (EACCES)'],
    ['EPERM', 'EREFUSED', 'the kernel does not permit it (EPERM)'],
    ['EINVAL', 'EREFUSED', 'the driver has no memory at this offset (EINVAL)'],
    ['ENXIO', 'EREFUSED', 'the driver has no memory at this offset (ENXIO)'],
    ['EOVERFLOW', 'EREFUSED', 'the driver has no memory at this offset (EOVERFLOW)'],
    ['EAGAIN', 'EREFUSED', 'mmap failed with EAGAIN'],
  ])('explains %s', (errno, code, reason) => {
    const source = openFile(root.at('some.bin'), 'read')
    source.close()
    expect(source.explain(errno, 0)).toEqual({ code, reason })
  })
})

describe('why a file is not mapped', () => {
  it('is for a file of /proc that it has nothing to map', () => {
    const source = openFile('/proc/self/status', 'read')
    source.close()
    expect(source.explain('EIO', 0)).toEqual({
      code: 'EREFUSED',
      reason: 'a file of /proc is generated when it is read, and is not memory (EIO)',
    })
  })

  it('is for /dev/mem, by any name, what it is for an address', () => {
    using tree = new FakeRoot().put('proc/iomem', '00100000-3fffffff : System RAM\n')
    const status = Object.assign(Object.create(statSync('/')) as Stats, {
      isCharacterDevice: () => true,
      rdev: 0x101,
    })
    expect(explainerOf('/some/mem', status, tree.system)('EPERM', 0x2000000)).toMatchObject({
      code: 'EREFUSED_STRICT_DEVMEM',
      reason:
        'it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let /dev/mem reach (EPERM)',
    })
  })
})

/** Two functions whose BARs of 256 bytes share a page, as arm64 kernels place them. */
function sharedPage(): FakeRoot {
  const tree = new FakeRoot()
    .pci('0000:00:05.0', '0x10001000 0x100010ff 0x40200')
    .pci('0000:00:06.0', '0x10001100 0x100011ff 0x40200', '0xc000 0xc03f 0x40101')
    .put('sys/bus/pci/devices/0000:00:05.0/resource0', new Uint8Array(4096))
    .put('sys/bus/pci/devices/0000:00:06.0/resource0', new Uint8Array(4096))
    .put('sys/bus/pci/devices/0000:00:06.0/resource1', '')
  return tree.mount('sysfs', 'sys')
}

describe('the file of a BAR', () => {
  const neighbour = 'sys/bus/pci/devices/0000:00:06.0/resource0'

  it('begins where the BAR does, not where its page does', async () => {
    using tree = sharedPage()
    const source = openFile(tree.at(neighbour), 'write', tree.system)
    expect(source).toMatchObject({ name: 'pci:0000:00:06.0/bar0', base: 0x100, length: 0x100 })
    expect(source.regularFile).toBe(false)
    await using memory = memoryOf(source)
    await memory.write32(4, 0x1234_5678)
    const page = readFileSync(tree.at(neighbour))
    expect([page.readUInt32LE(4), page.readUInt32LE(0x104)]).toEqual([0, 0x1234_5678])
    await expect(memory.read32(0x100)).rejects.toThrow(
      '0x100 to 0x103 is not inside pci:0000:00:06.0/bar0: expected 0x0 to 0xff',
    )
  })

  it('is so for windows, and by the path that was given', () => {
    using tree = sharedPage().put('bar', new Uint8Array(4096))
    tree.mount('sysfs', 'bar', '/devices/pci0000:00/0000:00:06.0/resource0')
    using window = mapSource(openFile(tree.at('bar'), 'write', tree.system), {
      address: 8,
      length: 8,
    })
    window.write32(4, 7)
    expect(readFileSync(tree.at('bar')).readUInt32LE(0x10c)).toBe(7)
    expect(readFileSync(tree.at(neighbour)).every((byte) => byte === 0)).toBe(true)
  })

  it('is refused for I/O ports', () => {
    using tree = sharedPage()
    const path = tree.at('sys/bus/pci/devices/0000:00:06.0/resource1')
    expect(() => openFile(path, 'read', tree.system)).toThrow(
      'BAR 1 of 0000:00:06.0 is 64 I/O ports from 0xc000, not memory: it cannot be mapped',
    )
  })
})

describe('a node that is known to take no bytes as offsets', () => {
  it('is refused, with the places in it', () => {
    using tree = new FakeRoot()
      .pci('0000:00:04.0', '0xfea00000 0xfeafffff 0x40200', '0xc000 0xc03f 0x40101')
      .put('proc/bus/pci/00/04.0', '')
      .mount('proc', 'proc')
    const path = tree.at('proc/bus/pci/00/04.0')
    expect(() => openFile(path, 'read', tree.system)).toThrow(
      expect.objectContaining({
        name: 'RequestError',
        code: 'ENOPLACE',
        message: `${path} cannot be mapped by its path: its mmap takes an address on the bus as offset, not a byte`,
        data: {
          place: `file:${path}`,
          cure: 'name what is in it: pci:0000:00:04.0/bar0',
          why: 'its mmap takes an address on the bus as offset, not a byte',
        },
      }),
    )
  })
})

describe('a file of sysfs that no mount leads to', () => {
  it('is refused: it may be a BAR that shares a page', () => {
    using tree = sharedPage().put('container/resource0', new Uint8Array(4096))
    const path = tree.at('container/resource0')
    expect(() => openFile(path, 'read', tree.system)).toThrow(
      expect.objectContaining({
        name: 'RequestError',
        code: 'ENOPLACE',
        message: `${path} cannot be mapped by its path: it may be a BAR, which starts anywhere in its page: no mount that is visible here says which file of sysfs or procfs it is`,
        data: {
          place: `file:${path}`,
          cure: 'name the BAR by its PCI function, such as pci:0000:00:04.0/bar0',
          why: expect.stringContaining('it may be a BAR, which starts anywhere in its page'),
        },
      }),
    )
  })
})

describe('a file of sysfs that is not known', () => {
  it('has no length of its own, and does not end like a file', () => {
    using tree = new FakeRoot().put('sys/global_mmio_area', new Uint8Array(100))
    tree.mount('sysfs', 'sys')
    const source = openFile(tree.at('sys/global_mmio_area'), 'read', tree.system)
    source.close()
    expect(source).toMatchObject({ length: undefined, regularFile: false, wholeOnly: true })
    expect(source.explain('EINVAL', 0)).toEqual({
      code: 'EREFUSED',
      reason: 'its driver does not map as much (EINVAL)',
    })
    expect(source.explain('ENODEV', 0)).toEqual({
      code: 'EREFUSED',
      reason: 'its driver or file system does not support mmap (ENODEV)',
    })
  })
})
