import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as arbitrary from '../text/testing/arbitraries.ts'
import { acceptedBy } from '../text/testing/refused.ts'
import { formatPlace, parsePlace } from './place.ts'
import { type Place, placeExamples, schemes } from './schemes/index.ts'
import { places } from './testing/places.ts'

const idPlace = {
  scheme: 'pci',
  vendorId: 0x8086,
  deviceId: 0x100e,
  bar: 0,
  writeCombining: false,
  offset: 0,
} as const
const pciPlace = {
  scheme: 'pci',
  domain: 0,
  bus: 0,
  device: 4,
  function: 0,
  bar: 0,
  writeCombining: false,
  offset: 0,
} as const

describe('accepts', () => {
  const cases: [string, Place, string][] = [
    ['0xfed00000', { scheme: 'address', offset: 0xfed0_0000 }, '0xfed00000'],
    ['0xFED0_0000+0x10+4', { scheme: 'address', offset: 0xfed0_0014 }, '0xfed00014'],
    ['1G+4k', { scheme: 'address', offset: 0x4000_1000 }, '0x40001000'],
    ['pci:0000:00:04.0/bar0', pciPlace, 'pci:0000:00:04.0/bar0'],
    ['pci:8086:100E/bar0', { ...idPlace, index: undefined }, 'pci:8086:100e/bar0'],
    ['pci:8086:100e#0/bar0', { ...idPlace, index: 0 }, 'pci:8086:100e#0/bar0'],
    [
      'pci:8086:100e#1/bar0_wc+4',
      { ...idPlace, index: 1, writeCombining: true, offset: 4 },
      'pci:8086:100e#1/bar0_wc+0x4',
    ],
    ['pci:00:04.0/bar0+0x4', { ...pciPlace, offset: 4 }, 'pci:0000:00:04.0/bar0+0x4'],
    ['pci:0:4.0/bar0+0', pciPlace, 'pci:0000:00:04.0/bar0'],
    [
      'pci:10000:E1:1F.7/bar5_wc+1M',
      {
        ...{ scheme: 'pci', domain: 0x10000, bus: 0xe1, device: 0x1f, function: 7, bar: 5 },
        ...{ writeCombining: true, offset: 0x10_0000 },
      },
      'pci:10000:e1:1f.7/bar5_wc+0x100000',
    ],
    [
      'pci:0:4.0/config+0x4',
      {
        ...{ scheme: 'pci', domain: 0, bus: 0, device: 4, function: 0 },
        ...{ space: 'config', offset: 4 },
      },
      'pci:0000:00:04.0/config+0x4',
    ],
    [
      'pci:8086:100e#1/config',
      {
        ...{ scheme: 'pci', vendorId: 0x8086, deviceId: 0x100e, index: 1 },
        ...{ space: 'config', offset: 0 },
      },
      'pci:8086:100e#1/config',
    ],
    ['uio:uio0/map0', { scheme: 'uio', device: 0, map: 0, offset: 0 }, 'uio:uio0/map0'],
    ['uio:3/map1+8', { scheme: 'uio', device: 3, map: 1, offset: 8 }, 'uio:uio3/map1+0x8'],
    [
      'uio:edu/regs+0x10',
      { scheme: 'uio', device: 'edu', map: 'regs', offset: 16 },
      'uio:edu/regs+0x10',
    ],
    [
      'uio:a:5/soc/uart@9000000',
      { scheme: 'uio', device: 'a:5', map: 'soc/uart@9000000', offset: 0 },
      'uio:a:5/soc/uart@9000000',
    ],
    ['iomem:"HPET 0"', { scheme: 'iomem', name: 'HPET 0', offset: 0 }, 'iomem:"HPET 0"'],
    ['iomem:HPET 0+0xf0', { scheme: 'iomem', name: 'HPET 0', offset: 0xf0 }, 'iomem:"HPET 0"+0xf0'],
    [
      'iomem:"PCI Bus 0000:00"+4',
      { scheme: 'iomem', name: 'PCI Bus 0000:00', offset: 4 },
      'iomem:"PCI Bus 0000:00"+0x4',
    ],
    ['dt:serial0', { scheme: 'dt', node: 'serial0', region: 0, offset: 0 }, 'dt:serial0'],
    [
      'dt:/soc/serial@7e201000+0x18',
      { scheme: 'dt', node: '/soc/serial@7e201000', region: 0, offset: 0x18 },
      'dt:/soc/serial@7e201000+0x18',
    ],
    [
      'dt:/soc/pcie@0#config',
      { scheme: 'dt', node: '/soc/pcie@0', region: 'config', offset: 0 },
      'dt:/soc/pcie@0#config',
    ],
    [
      'dtb:a:b/c.dtb:serial0#1+8',
      { scheme: 'dtb', path: 'a:b/c.dtb', node: 'serial0', region: 1, offset: 8 },
      'dtb:a:b/c.dtb:serial0#1+0x8',
    ],
    [
      'pid:1234:0x7ffc12345678',
      { scheme: 'pid', pid: 1234, virtual: 0x7ffc12345678n, offset: 0 },
      'pid:1234:0x7ffc12345678',
    ],
    ['kernel:jiffies', { scheme: 'kernel', at: 'jiffies', offset: 0 }, 'kernel:jiffies'],
    [
      'kernel:0xffff888001000000+16',
      { scheme: 'kernel', at: 0xffff888001000000n, offset: 16 },
      'kernel:0xffff888001000000+0x10',
    ],
    ['port:0x70+1', { scheme: 'port', offset: 0x71 }, 'port:0x71'],
    ['msr:0x1b', { scheme: 'msr', cpu: 0, offset: 0xd8 }, 'msr:0x1b'],
    ['msr:cpu0:0x10+2', { scheme: 'msr', cpu: 0, offset: 0x90 }, 'msr:0x12'],
    [
      'msr:cpu1:0xc0000100+1+2',
      { scheme: 'msr', cpu: 1, offset: 0x6_0000_0818 },
      'msr:cpu1:0xc0000103',
    ],
    [
      'msr:cpu8191:0xffffffff',
      { scheme: 'msr', cpu: 8191, offset: 0x7_ffff_fff8 },
      'msr:cpu8191:0xffffffff',
    ],
    ['regmap:1-0048/1', { scheme: 'regmap', name: '1-0048', offset: 4 }, 'regmap:1-0048/0x1'],
    [
      'regmap:0000:00:1f.0-x y/0x10+2',
      { scheme: 'regmap', name: '0000:00:1f.0-x y', offset: 0x48 },
      'regmap:0000:00:1f.0-x y/0x12',
    ],
    [
      'i2c:1:0x48',
      { scheme: 'i2c', bus: 1, device: 0x48, registerBits: 8, offset: 0 },
      'i2c:1:0x48',
    ],
    [
      'i2c:0:0x8+0b10',
      { scheme: 'i2c', bus: 0, device: 8, registerBits: 8, offset: 2 },
      'i2c:0:0x08+0x2',
    ],
    [
      'i2c:12:0X50/reg16+0xffff',
      { scheme: 'i2c', bus: 12, device: 0x50, registerBits: 16, offset: 0xffff },
      'i2c:12:0x50/reg16+0xffff',
    ],
    ['file:../a b', { scheme: 'file', path: '../a b', offset: 0 }, 'file:../a b'],
    ['file:a+b+0x10', { scheme: 'file', path: 'a+b', offset: 16 }, 'file:a+b+0x10'],
    ['file:a=b', { scheme: 'file', path: 'a=b', offset: 0 }, 'file:a=b'],
    ['file:a..zzz', { scheme: 'file', path: 'a..zzz', offset: 0 }, 'file:a..zzz'],
    ['file:weird+1+0', { scheme: 'file', path: 'weird+1', offset: 0 }, 'file:weird+1+0x0'],
    ['file:weird:5+0', { scheme: 'file', path: 'weird:5', offset: 0 }, 'file:weird:5+0x0'],
    ['file:weird..5+0', { scheme: 'file', path: 'weird..5', offset: 0 }, 'file:weird..5+0x0'],
    ['file:weird=+0', { scheme: 'file', path: 'weird=', offset: 0 }, 'file:weird=+0x0'],
    [
      'file:/sys/bus/pci/devices/0000:00:04.0/resource0+4',
      { scheme: 'file', path: '/sys/bus/pci/devices/0000:00:04.0/resource0', offset: 4 },
      'file:/sys/bus/pci/devices/0000:00:04.0/resource0+0x4',
    ],
  ]
  test.each(cases)('%s', (text, place, canonical) => {
    expect(parsePlace(text)).toEqual(place)
    expect(formatPlace(place)).toBe(canonical)
    expect(parsePlace(canonical)).toEqual(place)
  })

  test('the example of every scheme, in its canonical form', () => {
    expect(placeExamples.map(({ scheme }) => scheme)).toEqual(schemes.map(({ name }) => name))
    for (const { scheme, example } of placeExamples) {
      expect(parsePlace(example).scheme).toBe(scheme)
      expect(formatPlace(parsePlace(example))).toBe(example)
    }
  })
})

describe('properties', () => {
  test('what is formatted parses to the same', () => {
    fc.assert(
      fc.property(places, (place) => {
        expect(parsePlace(formatPlace(place))).toEqual(place)
      }),
      { numRuns: 4000 },
    )
  })

  test('any text is refused by a RequestError, or its canonical form means the same', () => {
    fc.assert(
      fc.property(arbitrary.texts, (text) => {
        const place = acceptedBy(() => parsePlace(text))
        if (place === undefined) return
        expect(parsePlace(formatPlace(place))).toEqual(place)
        expect(formatPlace(parsePlace(formatPlace(place)))).toBe(formatPlace(place))
      }),
      { numRuns: 4000 },
    )
  })

  test('sums are what JavaScript adds up', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), (terms) => {
        const text = terms
          .map((term, index) => (index % 2 ? `0x${term.toString(16)}` : term))
          .join('+')
        const offset = terms.reduce((sum, term) => sum + term, 0)
        expect(parsePlace(text)).toEqual({ scheme: 'address', offset })
      }),
      { numRuns: 2000 },
    )
  })
})
