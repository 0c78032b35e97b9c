import { afterAll, describe, expect, it } from 'vitest'
import { type PhysmemError, RequestError } from '../base/errors.ts'
import { MappedMemory } from '../engine/mapped.ts'
import { mapSource } from '../engine/windows/map-window.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { openPciBar, type PciBar } from './pci.ts'

const card = '0000:00:05.0'
const folder = `sys/bus/pci/devices/${card}`
const absentLine = '0x0000000000000000 0x0000000000000000 0x0000000000000000'

/** BAR 0 starts inside a page; 2 is prefetchable; 4 is of I/O ports; 5 has no address. */
const root = new FakeRoot()
  .pci(
    card,
    '0x00000000febfd100 0x00000000febfd1ff 0x0000000000040200',
    absentLine,
    '0x00000000fea00000 0x00000000fea03fff 0x000000000014220c',
    absentLine,
    '0x000000000000c000 0x000000000000c03f 0x0000000000040101',
    '0x0000000000000000 0x00000000000fffff 0x0000000020040200',
  )
  .pci('0000:00:1f.0', ...new Array<string>(6).fill(absentLine))
  .put(`${folder}/resource0`, new Uint8Array(4096))
  .put(`${folder}/resource2`, new Uint8Array(16384))
  .put(`${folder}/resource2_wc`, new Uint8Array(16384))
afterAll(() => root[Symbol.dispose]())

const bar = (number: number, more: Partial<PciBar> = {}): PciBar => ({
  device: card,
  bar: number,
  writeCombining: false,
  ...more,
})

describe('openPciBar', () => {
  it('begins where the BAR does, inside of its page', async () => {
    const source = openPciBar(bar(0), 'write', root.system)
    expect(source).toMatchObject({ name: `pci:${card}/bar0`, base: 0x100, length: 0x100 })
    await using memory = new MappedMemory(source)
    await memory.write32(4, 0xcafe_f00d)
    await using page = new MappedMemory(openPciBar(bar(0), 'read', root.system))
    expect(await page.read32(4)).toBe(0xcafe_f00d)
    await expect(memory.read32(0x100)).rejects.toThrow(
      `0x100 to 0x103 is not inside pci:${card}/bar0: expected 0x0 to 0xff`,
    )
    using window = mapSource(openPciBar(bar(0), 'read', root.system), { address: 4, length: 8 })
    expect(window.read32(0)).toBe(0xcafe_f00d)
  })

  it('begins inside of a page of 16 KiB where its page is that long', () => {
    using tree = new FakeRoot()
      .pci(card, '0x00000000febfd000 0x00000000febfdfff 0x0000000000040200')
      .put(`${folder}/resource0`, '')
    const bases = [4096, 16384, 65536].map((pageBytes) => {
      const source = openPciBar(bar(0), 'read', tree.system, { pageBytes })
      source.close()
      return source.base
    })
    expect(bases).toEqual([0, 0x1000, 0xd000])
  })

  it('says when the kernel offers no mapping of a BAR', () => {
    using bare = new FakeRoot().pci(
      card,
      '0x00000000febfd000 0x00000000febfdfff 0x0000000000040200',
    )
    const message = `BAR 0 of ${card} cannot be mapped: this kernel offers no mapping of it (there is no /${folder}/resource0)`
    expect(() => openPciBar(bar(0), 'read', bare.system)).toThrow(
      expect.objectContaining({
        name: 'RefusedError',
        code: 'EREFUSED',
        message,
        data: { place: `pci:${card}/bar0` },
      }),
    )
  })

  it('takes the write-combining mapping when it is asked for', async () => {
    await using plain = new MappedMemory(openPciBar(bar(2), 'write', root.system))
    const combining = openPciBar(bar(2, { writeCombining: true }), 'write', root.system)
    await using memory = new MappedMemory(combining)
    await memory.write32(0x3ffc, 7)
    expect([memory.name, await memory.read32(0x3ffc), await plain.read32(0x3ffc)]).toEqual([
      `pci:${card}/bar2_wc`,
      7,
      0,
    ])
  })

  const nothing = '0000:00:1f.0'
  it.each<[string, PciBar, string]>([
    [
      'a function that is not there',
      bar(0, { device: '0000:00:09.0' }),
      `there is no PCI device 0000:00:09.0: there are ${card}, ${nothing}`,
    ],
    ['a BAR that is not there', bar(1), `${card} has no BAR 1: it has BAR 0, 2, 4, 5`],
    [
      'a function without BARs',
      bar(0, { device: nothing }),
      `${nothing} has no BAR 0: it has none`,
    ],
    [
      'I/O ports',
      bar(4),
      `BAR 4 of ${card} is 64 I/O ports from 0xc000, not memory: it cannot be mapped`,
    ],
    [
      'a BAR without an address',
      bar(5),
      `BAR 5 of ${card} has no address: the firmware and the kernel gave it none`,
    ],
    [
      'write combining of what is not prefetchable',
      bar(0, { writeCombining: true }),
      `BAR 0 of ${card} has no write-combining mapping: it is not prefetchable`,
    ],
  ])('refuses %s', (_, which, message) => {
    try {
      openPciBar(which, 'read', root.system)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(RequestError)
      expect((error as PhysmemError).message).toBe(message)
      expect((error as PhysmemError).code).toBe('ENOPLACE')
      const suffix = which.writeCombining ? '_wc' : ''
      expect((error as PhysmemError).data.place).toBe(
        `pci:${which.device}/bar${which.bar}${suffix}`,
      )
    }
  })

  it.each([
    ['vendor_id\t: GenuineIntel\n', 'name its ports, the first of which is port:0xc000'],
    [
      'CPU architecture: 8\n',
      `physmem list ${card} says where they are in memory, as far as that is known`,
    ],
  ])('says where I/O ports are, on a CPU with %j', (cpu, cure) => {
    using machine = new FakeRoot().pci(card, '0xc000 0xc03f 0x40101').put('proc/cpuinfo', cpu)
    expect(() => openPciBar(bar(0), 'read', machine.system)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ cure }) }),
    )
  })

  it('says that a machine has no PCI', () => {
    using empty = new FakeRoot()
    expect(() => openPciBar(bar(0), 'read', empty.system)).toThrow(
      `there is no PCI device ${card}: this machine has none`,
    )
  })
})

it('says why a BAR cannot be mapped', () => {
  using tree = new FakeRoot().lockdown('none integrity [confidentiality]')
  tree.pci(card, '0xfebfd000 0xfebfdfff 0x40200').put(`${folder}/resource0`, '')
  const source = openPciBar(bar(0), 'read', tree.system)
  source.close()
  expect(source.explain('EPERM', 0)).toMatchObject({
    code: 'EREFUSED_LOCKDOWN',
    reason: 'the kernel is locked down (confidentiality), most likely by Secure Boot (EPERM)',
  })
})
