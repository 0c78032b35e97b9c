import { describe, expect, it } from 'vitest'
import { FakeRoot, recordedMachines } from '../linux/testing/fake-root.ts'
import { formatPlace, parsePlace } from '../place/place.ts'
import { describeAddress } from './describe.ts'
import { readInventory, readTreeInventory } from './inventory.ts'
import { findRegion } from './locate.ts'
import { listPlaces } from './places.ts'

async function listed(root: FakeRoot): Promise<string[]> {
  return listPlaces(await readInventory(root.system)).map(({ place }) => place)
}

describe.each(recordedMachines)('the places of %s', (name) => {
  it('are canonical, lead to their addresses, and are named there', async () => {
    using root = FakeRoot.recorded(name)
    const inventory = await readInventory(root.system)
    const places = listPlaces(inventory)
    expect(places.length).toBeGreaterThan(15)
    for (const { kind, place, address, length } of places) {
      const parsed = parsePlace(place)
      expect(formatPlace(parsed)).toBe(place)
      expect(parsed.scheme).toBe(kind)
      expect(length).toBeGreaterThan(0)
      if (kind === 'port' || kind === 'address') continue
      expect(findRegion(inventory, parsed)).toMatchObject({
        start: address,
        last: address + length - 1,
      })
      const last = { ...parsed, offset: length - 1 } as typeof parsed
      expect(describeAddress(inventory, address).places).toContain(place)
      expect(describeAddress(inventory, address + length - 1).places).toContain(formatPlace(last))
    }
    expect(new Set(places.map(({ place }) => place)).size).toBe(places.length)
  })
})

describe('listPlaces', () => {
  it('tells size, driver, and what else is known', async () => {
    using root = FakeRoot.recorded('x86_64-6.12')
    const places = listPlaces(await readInventory(root.system))
    expect(places.slice(0, 2)).toEqual([
      {
        ...{ kind: 'pci', place: 'pci:0000:00:04.0/bar0', address: 0xfe800000, length: 0x10_0000 },
        ...{ driver: 'uio_edu' },
      },
      {
        ...{ kind: 'pci', place: 'pci:0000:00:06.0/bar0', address: 0xfe940000, length: 0x2_0000 },
        ...{ driver: 'e1000' },
      },
    ])
    expect(places).toContainEqual({
      ...{ kind: 'uio', place: 'uio:edu/regs', address: 0xfe800000, length: 0x10_0000 },
      ...{ driver: 'uio_edu', map: 'uio0/map0' },
    })
    expect(places.at(-1)).toEqual({
      ...{ kind: 'port', place: 'port:0xc0c0', address: 0xc0c0, length: 32 },
      device: '0000:00:1f.2',
      bar: 4,
    })
  })

  it('has I/O BARs by their addresses where the CPU has no ports', async () => {
    using root = FakeRoot.recorded('aarch64-6.12')
    const places = listPlaces(await readInventory(root.system))
    expect(places.filter(({ kind }) => kind === 'port')).toEqual([])
    expect(places.filter(({ kind }) => kind === 'address')).toEqual([
      {
        ...{ kind: 'address', place: '0x3eff1000', address: 0x3eff_1000, length: 64 },
        ...{ driver: 'e1000', device: '0000:00:06.0', bar: 1 },
      },
      {
        ...{ kind: 'address', place: '0x3eff1040', address: 0x3eff_1040, length: 64 },
        ...{ driver: 'virtio-pci', device: '0000:00:1e.0', bar: 0 },
      },
    ])
  })

  it('does not list ports of which nobody says where they are', async () => {
    using root = FakeRoot.recorded('aarch64-6.12')
    // As with ACPI, and where two bridges look the same.
    root.put('proc/ioports', '00000000-0000ffff : PCI Bus 0000:00\n  00001000-0000103f : x\n')
    const inventory = await readInventory(root.system)
    const kinds = new Set(listPlaces(inventory).map(({ kind }) => kind))
    expect([...kinds].filter((kind) => kind === 'port' || kind === 'address')).toEqual([])
    expect(describeAddress(inventory, 0x1000, 'ports').places).toEqual(['port:0x1000'])
    root.put('proc/ioports', '0-ffff : pcie@10000000\n10000-1ffff : pcie@10000000\n')
    expect((await readInventory(root.system)).portWindows).toEqual([])
  })

  it('leaves out names of resources that several stretches have', async () => {
    using root = new FakeRoot().put(
      'proc/iomem',
      '1000-1fff : twice\n3000-3fff : twice\n5000-5fff : once\n  5000-5fff : once\n',
    )
    expect(await listed(root)).toEqual(['iomem:"once"'])
  })

  it('names UIO devices and maps by numbers where names do not tell, or cannot be written', async () => {
    const map = (name: string, addr: string) => ({ name, addr, size: '0x1000', offset: '0x0' })
    using root = new FakeRoot()
      .uio(0, 'edu')
      .uioMap(0, 0, map('regs', '0x1000'))
      .uio(1, 'edu')
      .uioMap(1, 0, map('', '0x3000'))
      .uio(2, 'a/b')
      .uioMap(2, 0, map('regs', '0x5000'))
      .uio(3, 'other')
      .uioMap(3, 0, map('same', '0x7000'))
      .uioMap(3, 1, map('same', '0x9000'))
    expect(await listed(root)).toEqual([
      'uio:uio0/regs',
      'uio:uio1/map0',
      'uio:uio2/map0',
      'uio:other/map0',
      'uio:other/map1',
    ])
  })

  it('has aliases and compatible of the nodes of a device tree, from a file, too', async () => {
    using root = FakeRoot.recorded('aarch64-6.12')
    const file = root.at('sys/firmware/fdt')
    const places = listPlaces(await readTreeInventory(file))
    expect(places.find(({ place }) => place === `dtb:${file}:/pl011@9000000`)).toEqual({
      kind: 'dtb',
      place: `dtb:${file}:/pl011@9000000`,
      address: 0x0900_0000,
      length: 0x1000,
      compatible: ['arm,pl011', 'arm,primecell'],
    })
    expect(new Set(places.map(({ kind }) => kind))).toEqual(new Set(['dtb']))
  })
})

it('lists what has a name with control characters by its address', async () => {
  using root = new FakeRoot().put('proc/iomem', '10000000-10000fff : odd\tname\n')
  expect(listPlaces(await readInventory(root.system))).toEqual([
    { kind: 'address', place: '0x10000000', address: 0x1000_0000, length: 4096, name: 'odd\tname' },
  ])
})
