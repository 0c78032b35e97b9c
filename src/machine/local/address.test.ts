import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PhysmemError } from '../../base/errors.ts'
import { listPlaces, readInventory } from '../../inventory/index.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { parsePlace } from '../../place/place.ts'
import { addressOfPlace } from './address.ts'
import { LocalMachine } from './machine.ts'

let root: FakeRoot
beforeAll(() => {
  const regs = { addr: '0xfc000000', offset: '0x0', size: '0x1000' }
  root = new FakeRoot()
    .put('proc/iomem', '00001000-3fffffff : System RAM\n')
    .uio(0, 'edu')
    .uioMap(0, 0, { name: 'regs', ...regs })
    .uioMap(0, 1, { name: 'regs', ...regs, addr: '0xfc001000' })
    .uioMap(0, 2, { name: 'log', ...regs, addr: '0xffff888001000000' })
    .uioMap(0, 3, { name: 'fifo', ...regs, addr: '0xfc003000' })
    .uio(1, 'twin')
    .uioMap(1, 0, { name: 'regs', ...regs, addr: '0xfc010000' })
    // Its only map has no physical address: it is in no list of addresses, and a twin all the same.
    .uio(2, 'twin')
    .uioMap(2, 0, { name: 'regs', ...regs, addr: '0xffff888002000000' })
    .pci('0000:00:04.0', '0xfe000000 0xfe003fff 0x40200', '0xc000 0xc03f 0x40101')
    .pci('0000:00:05.0', '0x0 0xfff 0x20040200')
    .put('dev/uio0', '')
    // This machine's /dev/null is 1:3, which is the node of the UIO device there.
    .folder('sys/devices/virtual/uio/uio0')
    .link('sys/devices/virtual/uio/uio0/subsystem', '../../class/uio')
    .put('sys/class/u-dma-buf/image_buf0/phys_addr', '0x0000000020000000\n')
    .put('sys/class/u-dma-buf/image_buf0/size', '4096\n')
    .put('sys/class/u-dma-buf/camera/phys_addr', '0x00000000ffff0000\n')
    .put('sys/class/u-dma-buf/camera/size', '4096\n')
    .link('sys/class/u-dma-buf/camera/device/iommu_group', '../../kernel/iommu_groups/7')
  root.link('sys/dev/char/1:3', root.at('sys/devices/virtual/uio/uio0'))
})
afterAll(() => root[Symbol.dispose]())

const addressOf = (text: string) => addressOfPlace(parsePlace(text), root.system)

async function errorOf(promise: Promise<unknown>): Promise<PhysmemError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof PhysmemError) return error
  throw new Error(`expected a PhysmemError, got ${error}`)
}

describe('the address of a place', () => {
  it.each([
    ['uio:edu/fifo+8', 0xfc00_3008],
    ['uio:uio0/map1', 0xfc00_1000],
    ['uio:uio1/regs', 0xfc01_0000],
    ['pci:00:04.0/bar0+0x10', 0xfe00_0010],
    ['file:/dev/image_buf0+4', 0x2000_0004],
  ])('of %s is %s', async (text, address) => {
    expect(await addressOf(text)).toEqual({ space: 'memory', address })
  })

  it.each([
    [
      'uio:uio0/log',
      'uio:uio0/log has no known physical address: its driver gives only an address of the kernel',
    ],
    [
      'file:/dev/camera',
      'file:/dev/camera has no known physical address: camera is behind an IOMMU (group 7), so 0xffff0000, its phys_addr, is an address for its device only',
    ],
  ])('of %s is not known', async (text, message) => {
    expect(await errorOf(addressOf(text))).toMatchObject({ code: 'ENOPHYSICAL', message })
  })

  it.each([
    ['uio:twin/regs', 'several UIO devices are named twin: choose one of uio1, uio2'],
    ['uio:edu/regs', 'several maps of uio0 (edu) are named regs: choose one of map0, map1'],
    [
      'uio:edu/none',
      'uio0 (edu) has no map none: it has map0 (regs), map1 (regs), map2 (log), map3 (fifo)',
    ],
    [
      'uio:uio7/map0',
      'there is no UIO device uio7: there are uio0 (edu), uio1 (twin), uio2 (twin)',
    ],
    [
      'pci:00:09.0/bar0',
      'there is no PCI device 0000:00:09.0: there are 0000:00:04.0, 0000:00:05.0',
    ],
    ['pci:00:04.0/bar3', '0000:00:04.0 has no BAR 3: it has BAR 0, 1'],
    [
      'pci:00:04.0/bar1',
      'BAR 1 of 0000:00:04.0 is 64 I/O ports from 0xc000, not memory: it cannot be mapped',
    ],
    [
      'pci:00:05.0/bar0',
      'BAR 0 of 0000:00:05.0 has no address: the firmware and the kernel gave it none',
    ],
    ['file:/no/such', '/no/such cannot be opened for reading: there is no such file'],
    [
      'file:/dev/null+4',
      '/dev/null cannot be mapped by its path: it is a UIO device, whose mmap takes the number of a map as offset, not a byte',
    ],
    ['file:/tmp', '/tmp is a directory: expected a file or a device node'],
    ['iomem:none', 'no resource of /proc/iomem is named "none"'],
  ])('%s has none for the reason that reading it gives', async (text, message) => {
    await using machine = new LocalMachine({ mode: 'read', system: root.system })
    const asked = addressOf(text)
    const read = Promise.resolve(machine.locate(parsePlace(text), 4))
    expect([(await errorOf(asked)).message, (await errorOf(read)).message]).toEqual([
      message,
      message,
    ])
  })

  it.each([
    ['file:/dev/zero', 'its driver gives none'],
    ['file:/etc/passwd+8', 'a file has none'],
  ])('of %s is not known to anybody', async (text, why) => {
    const [whole = ''] = text.split('+')
    const message = `${whole} has no known physical address: ${why}`
    expect(await errorOf(addressOf(text))).toMatchObject({ code: 'ENOPLACE', message })
  })

  it('is what is listed, by names that name nothing else', async () => {
    const places = listPlaces(await readInventory(root.system)).filter(
      ({ kind }) => kind !== 'port',
    )
    expect(places.map(({ place }) => place)).toEqual([
      'pci:0000:00:04.0/bar0',
      'uio:edu/map0',
      'uio:edu/map1',
      'uio:edu/fifo',
      'uio:uio1/regs',
      'file:/dev/image_buf0',
      'iomem:"System RAM"',
    ])
    for (const { place, address } of places) {
      expect({ place, ...(await addressOf(place)) }).toMatchObject({ place, address })
    }
  })
})
