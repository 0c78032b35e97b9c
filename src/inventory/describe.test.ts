import { describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { describeAddress } from './describe.ts'
import { readInventory } from './inventory.ts'

const text = `00100000-7ffdffff : System RAM
  01000000-01ffffff : Kernel code
c0000000-febfffff : PCI Bus 0000:00
  fea00000-feafffff : 0000:00:04.0
  feb00000-feb3ffff : 0000:00:06.0
fed00000-fed003ff : HPET 0
  fed00000-fed003ff : PNP0103:00
`

async function at(address: number, space: 'memory' | 'ports' = 'memory') {
  using root = new FakeRoot()
    .put('proc/iomem', text)
    .put('proc/ioports', '0060-0060 : keyboard\n')
    .pci('0000:00:04.0', '0x00000000fea00000 0x00000000feafffff 0x0000000000040200')
  const { found, places, below, above } = describeAddress(
    await readInventory(root.system),
    address,
    space,
  )
  return {
    found: found.map(({ region, offset }) => [region.name, offset]),
    places,
    near: [below?.name, above?.name],
  }
}

describe('describeAddress', () => {
  it('goes from the outermost to the innermost, with the offset in each', async () => {
    expect(await at(0xfea0_0010)).toEqual({
      found: [
        ['PCI Bus 0000:00', 0x3ea0_0010],
        ['0000:00:04.0', 0x10],
      ],
      places: [
        'pci:0000:00:04.0/bar0+0x10',
        'iomem:"0000:00:04.0"+0x10',
        'iomem:"PCI Bus 0000:00"+0x3ea00010',
        '0xfea00010',
      ],
      near: [undefined, undefined],
    })
  })

  it('puts the name of a stretch before the name of who claims it', async () => {
    expect((await at(0xfed0_00f0)).places).toEqual([
      'iomem:"HPET 0"+0xf0',
      'iomem:"PNP0103:00"+0xf0',
      '0xfed000f0',
    ])
    expect((await at(0x0100_0000)).places[0]).toBe('iomem:"Kernel code"')
  })

  it('has neighbours where nothing is, and in a bus where no device is', async () => {
    expect(await at(0xff00_0000)).toEqual({
      found: [],
      places: ['0xff000000'],
      near: ['HPET 0', undefined],
    })
    expect((await at(0)).near).toEqual([undefined, 'System RAM'])
    expect((await at(0xfe00_0000)).near).toEqual([undefined, '0000:00:04.0'])
    expect((await at(0xfeb8_0000)).near).toEqual(['0000:00:06.0', undefined])
    expect((await at(0x0200_0000)).near).toEqual([undefined, undefined])
  })

  it('takes the last address of a region for its own, and the next for none', async () => {
    expect((await at(0xfed0_03ff)).found).toHaveLength(2)
    expect((await at(0xfed0_0400)).found).toHaveLength(0)
  })

  it('tells ports', async () => {
    expect(await at(0x60, 'ports')).toMatchObject({
      found: [['keyboard', 0]],
      places: ['port:0x60'],
    })
    expect(await at(0x61, 'ports')).toMatchObject({ found: [], near: ['keyboard', undefined] })
  })
})
