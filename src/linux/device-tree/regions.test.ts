import { describe, expect, it } from 'vitest'
import { findNode } from './find.ts'
import { regionOf, regionsOf } from './regions.ts'
import { type NodeSpec, treeOf } from './testing/builder.ts'
import { refused } from './testing/refused.ts'
import { virtTree } from './testing/virt.ts'

const cells = (address: number, size: number): NodeSpec => ({
  '#address-cells': [address],
  '#size-cells': [size],
})

const regions = (root: NodeSpec, path: string) => regionsOf(findNode(treeOf(root), path))
const refusedRegions = (root: NodeSpec, path: string) => refused(() => regions(root, path))

describe('regionsOf', () => {
  it('takes the cells that the parent tells, and the names of reg-names', () => {
    const device = { reg: [0x1, 0x2000, 0x100, 0, 0x3000, 0x10], 'reg-names': ['regs', 'ecc'] }
    expect(regions({ ...cells(2, 1), device: { ...cells(1, 1), ...device } }, '/device')).toEqual([
      { address: 0x1_0000_2000, length: 0x100, name: 'regs' },
      { address: 0x3000, length: 0x10, name: 'ecc' },
    ])
  })

  it('has none for a node without reg, and for the root', () => {
    expect(regions({ ...cells(1, 1), reg: [1, 1], x: {}, y: { reg: true } }, '/x')).toEqual([])
    expect(regions({ ...cells(1, 1), y: { reg: true } }, '/y')).toEqual([])
    expect(regions({ ...cells(1, 1), reg: [1, 1] }, '/')).toEqual([])
  })

  it('takes names only as far as there are some', () => {
    const x = { reg: [0, 1, 2, 1, 4, 1], 'reg-names': ['', 'b'] }
    expect(regions({ ...cells(1, 1), x }, '/x')).toEqual([
      { address: 0, length: 1 },
      { address: 2, length: 1, name: 'b' },
      { address: 4, length: 1 },
    ])
  })

  it('translates through the ranges of each bus above', () => {
    const uart = { reg: [0x20, 0x10] }
    const inner = { ...cells(1, 1), ranges: [0, 0x1000, 0x800, 0x800, 0x9000, 0x100], uart }
    const soc = { ...cells(1, 1), ranges: [0x1000, 0x2, 0x4000_0000, 0x1000], inner }
    expect(regions({ ...cells(2, 2), soc }, '/soc/inner/uart')).toEqual([
      { address: 0x2_4000_0020, length: 0x10 },
    ])
  })

  it('takes empty ranges for the same addresses, with other cell counts too', () => {
    const soc = { ...cells(1, 1), ranges: [], x: { reg: [0xfe00_0000, 0x1000] } }
    expect(regions({ ...cells(2, 2), soc }, '/soc/x')).toEqual([
      { address: 0xfe00_0000, length: 0x1000 },
    ])
  })

  it('takes the first range that holds the address, and not the byte after it', () => {
    const x = { reg: [0x0f, 1, 0x10, 1, 0x1f, 1, 0x20, 1] }
    const soc = { ...cells(1, 1), ranges: [0x10, 0x100, 0x10, 0x10, 0x200, 0x10], x }
    expect(regions({ ...cells(1, 1), soc }, '/soc/x')).toEqual([
      { address: undefined, length: 1, reason: '0xf is outside of the ranges of /soc' },
      { address: 0x100, length: 1 },
      { address: 0x10f, length: 1 },
      { address: undefined, length: 1, reason: '0x20 is outside of the ranges of /soc' },
    ])
  })

  it('translates addresses above 2^53 exactly', () => {
    const x = { reg: [0xffff_ffff, 0xffff_f010, 0, 8] }
    const soc = { ...cells(2, 2), ranges: [0xffff_ffff, 0xffff_f000, 0, 0x8000, 0, 0x1000], x }
    expect(regions({ ...cells(2, 2), soc }, '/soc/x')).toEqual([{ address: 0x8010, length: 8 }])
  })

  it('says why the CPU has no address: no ranges', () => {
    const root = { ...cells(1, 1), i2c: { ...cells(1, 1), sensor: { reg: [0x48, 1] } } }
    const reason = '/i2c has no ranges: addresses below it are its own'
    expect(regions(root, '/i2c/sensor')).toEqual([{ address: undefined, length: 1, reason }])
  })

  it('says why the CPU has no address: no sizes', () => {
    const root = { ...cells(1, 1), cpus: { ...cells(1, 0), 'cpu@1': { reg: [1] } } }
    const reason = '#size-cells of /cpus is 0: its children are not memory'
    expect(regions(root, '/cpus/cpu@1')).toEqual([{ address: undefined, length: 0, reason }])
  })

  it('says why the CPU has no address: no cells for one', () => {
    const root = { ...cells(1, 1), x: { ...cells(0, 1), ranges: [], y: { reg: [7] } } }
    const reason = '#address-cells of /x is 0: its children have no addresses'
    expect(regions(root, '/x/y')).toEqual([{ address: undefined, length: 7, reason }])
  })

  it('says why the CPU has no address: beyond 2^52', () => {
    const reg = [
      0x10_0000, 0, 0, 0, 0xf_ffff, 0xffff_f000, 0, 0x1000, 0xf_ffff, 0xffff_f000, 0, 0x1001,
    ]
    expect(regions({ ...cells(2, 2), x: { reg } }, '/x')).toEqual([
      {
        address: undefined,
        length: 0,
        reason: '0x10000000000000 is beyond what any CPU can address',
      },
      { address: 0xf_ffff_ffff_f000, length: 0x1000 },
      {
        address: undefined,
        length: 0x1001,
        reason: '0xffffffffff000 is beyond what any CPU can address',
      },
    ])
    const wide = { reg: [0, 1, 0, 0, 8] }
    expect(regions({ ...cells(4, 1), wide }, '/wide')).toEqual([
      {
        address: undefined,
        length: 8,
        reason: '0x10000000000000000 is beyond what any CPU can address',
      },
    ])
  })

  it('takes over what a bus does not say from above, 1 and 1 at the top, as the kernel does', () => {
    const root = { a: { ranges: [], x: { reg: [1, 2] } } }
    expect(regions(root, '/a/x')).toEqual([{ address: 1, length: 2 }])
    const wide = { ...cells(2, 2), a: { ranges: [], x: { reg: [1, 2, 3, 4] } } }
    expect(regions(wide, '/a/x')).toEqual([{ address: 0x1_0000_0002, length: 0x3_0000_0004 }])
  })
})

describe('a tree that contradicts itself', () => {
  it('is refused for a reg that is cut off', () => {
    expect(refusedRegions({ ...cells(2, 1), x: { reg: [0, 1, 2, 3] } }, '/x')).toBe(
      'EDEVICETREE reg of /x has 16 bytes: expected entries of 12 (2 + 1 cells)',
    )
    expect(refusedRegions({ ...cells(0, 0), x: { reg: [0] } }, '/x')).toBe(
      'EDEVICETREE reg of /x has 4 bytes: expected entries of 0 (0 + 0 cells)',
    )
  })

  it('is refused for ranges that are cut off', () => {
    const soc = { ...cells(1, 1), ranges: [0, 0, 0], x: { reg: [0, 1] } }
    expect(refusedRegions({ ...cells(2, 2), soc }, '/soc/x')).toBe(
      'EDEVICETREE ranges of /soc has 12 bytes: expected entries of 16 (1 + 2 + 1 cells)',
    )
  })

  it('is refused for cell counts that cannot be', () => {
    const x = { reg: [0, 1] }
    expect(refusedRegions({ ...cells(7, 1), x }, '/x')).toBe(
      'EDEVICETREE #address-cells of / is 7: expected 0 to 4',
    )
    expect(refusedRegions({ ...cells(1, 0xffffffff), soc: { x } }, '/soc/x')).toBe(
      'EDEVICETREE #size-cells of / is 4294967295: expected 0 to 4',
    )
    expect(refusedRegions({ '#address-cells': [0, 1], x }, '/x')).toBe(
      'EDEVICETREE #address-cells of / has 8 bytes: expected one cell of 4',
    )
  })

  it('is refused for a size that cannot be', () => {
    expect(refusedRegions({ ...cells(1, 2), x: { reg: [0, 0x10_0000, 1] } }, '/x')).toBe(
      'EDEVICETREE reg of /x has a size of 0x10000000000001: expected at most 0x10000000000000',
    )
  })

  it('is refused when it would take long to translate', () => {
    const ranges = Array.from({ length: 3 * 20_000 }, () => 0)
    const x = { reg: Array.from({ length: 2 * 1000 }, () => 1) }
    expect(refusedRegions({ ...cells(1, 1), soc: { ...cells(1, 1), ranges, x } }, '/soc/x')).toBe(
      'EDEVICETREE /soc is too large to translate: its regions and ranges take more than 5000000 comparisons',
    )
  })
})

describe('below a PCI bus', () => {
  /** As QEMU's board has it: I/O ports, 32-bit memory and 64-bit memory. */
  const ranges = [
    ...[0x0100_0000, 0, 0, 0, 0x3eff_0000, 0, 0x1_0000],
    ...[0x0200_0000, 0, 0x1000_0000, 0, 0x1000_0000, 0, 0x2eff_0000],
    ...[0x0300_0000, 0x80, 0, 0x80, 0, 0x80, 0],
  ]
  const below = (node: NodeSpec) => ({
    ...cells(2, 2),
    'pcie@10000000': { device_type: 'pci', ...cells(3, 2), ranges, device: node },
  })
  const path = '/pcie@10000000/device'

  it('has no address for what is configured, not mapped', () => {
    const reason = 'it is in the PCI configuration space of /pcie@10000000'
    expect(regions(below({ reg: [0x800, 0, 0, 0, 0] }), path)).toEqual([
      { address: undefined, length: 0, reason },
    ])
  })

  it('translates assigned addresses, each in its own space', () => {
    const assigned = {
      'assigned-addresses': [
        ...[0x8200_0810, 0, 0x1004_0000, 0, 0x1000],
        ...[0x8100_0814, 0, 0x40, 0, 0x20],
        ...[0xc300_0818, 0x80, 0x1000, 0, 0x4000],
        ...[0x8100_0820, 0, 0x1004_0000, 0, 0x1000],
      ],
    }
    expect(regions(below({ reg: [0x800, 0, 0, 0, 0], ...assigned }), path)).toEqual([
      { address: 0x1004_0000, length: 0x1000 },
      { address: 0x3eff_0040, length: 0x20 },
      { address: 0x80_0000_1000, length: 0x4000 },
      {
        address: undefined,
        length: 0x1000,
        reason: '0x10040000 is outside of the ranges of /pcie@10000000',
      },
    ])
  })

  it('passes through bridges', () => {
    const device = { 'assigned-addresses': [0x8200_0810, 0, 0x1004_0000, 0, 0x1000] }
    const bridge = { device_type: 'pci', ranges: [], device }
    expect(regions(below(bridge), `${path}/device`)).toEqual([
      { address: 0x1004_0000, length: 0x1000 },
    ])
  })

  it('takes a node named pcie for one, as the kernel does', () => {
    const root = { 'pcie@0': { ranges: [], x: { reg: [0, 0, 0, 0, 0] } } }
    const reason = 'it is in the PCI configuration space of /pcie@0'
    expect(regions(root, '/pcie@0/x')).toEqual([{ address: undefined, length: 0, reason }])
  })
})

describe('below other buses with spaces', () => {
  it('tells I/O ports from memory on an ISA bus', () => {
    const serial = { reg: [1, 0x3f8, 8, 0, 0x3f8, 8] }
    const isa = { ranges: [1, 0, 0x1800_0000, 0x1000], serial }
    expect(regions({ ...cells(1, 1), isa }, '/isa/serial')).toEqual([
      { address: 0x1800_03f8, length: 8 },
      { address: undefined, length: 8, reason: '0x3f8 is outside of the ranges of /isa' },
    ])
  })

  it('compares the first of three cells, as that of a memory controller with chip selects', () => {
    const flash = { reg: [1, 0, 0x10, 0, 8, 2, 0, 0x10, 0, 8] }
    const emc = { ...cells(3, 2), ranges: [1, 0, 0, 0x5000_0000, 0, 0x100], flash }
    expect(regions({ ...cells(1, 1), emc }, '/emc/flash')).toEqual([
      { address: 0x5000_0010, length: 8 },
      { address: undefined, length: 8, reason: '0x10 is outside of the ranges of /emc' },
    ])
  })
})

describe('regionOf', () => {
  const root = {
    ...cells(1, 1),
    pcie: { reg: [0x1000, 0x100, 0x2000, 0x1000], 'reg-names': ['regs', 'config'] },
    plain: { reg: [0x100, 4, 0x200, 4] },
    many: { reg: Array.from({ length: 20 }, (_, index) => index) },
    none: {},
    i2c: { ...cells(1, 0), sensor: { reg: [0x48] } },
  }
  const region = (path: string, which: number | string) =>
    regionOf(findNode(treeOf(root), path), which)

  it('is named by its number or its name', () => {
    expect(region('/pcie', 0)).toEqual({ address: 0x1000, length: 0x100, name: 'regs' })
    expect(region('/pcie', 'config')).toEqual({ address: 0x2000, length: 0x1000, name: 'config' })
  })

  it('must be there', () => {
    expect(refused(() => region('/pcie', 2))).toBe(
      'ENOPLACE /pcie has no region 2: it has 0 (regs), 1 (config)',
    )
    expect(refused(() => region('/pcie', 'confg'))).toBe(
      'ENOPLACE /pcie has no region confg, did you mean config?',
    )
    expect(refused(() => region('/plain', 'zzz'))).toBe(
      'ENOPLACE /plain has no region zzz: it has 0, 1',
    )
    expect(refused(() => region('/many', 10))).toBe(
      'ENOPLACE /many has no region 10: it has 0, 1, 2, 3, 4, 5, 6, 7, … (10 in all)',
    )
    expect(refused(() => region('/none', 0))).toBe('ENOPLACE /none has no regions: it has no reg')
  })

  it('must have an address', () => {
    expect(refused(() => region('/i2c/sensor', 0))).toBe(
      'ENOPLACE region 0 of /i2c/sensor has no address for the CPU: #size-cells of /i2c is 0: its children are not memory',
    )
  })
})

describe("QEMU's arm64 board", () => {
  it.each([
    ['/pl011@9000000', [{ address: 0x900_0000, length: 0x1000 }]],
    ['/memory@40000000', [{ address: 0x4000_0000, length: 0x3000_0000 }]],
    [
      '/intc@8000000',
      [
        { address: 0x800_0000, length: 0x1_0000 },
        { address: 0x80a_0000, length: 0xf6_0000 },
      ],
    ],
    ['/intc@8000000/its@8080000', [{ address: 0x808_0000, length: 0x2_0000 }]],
    ['/pcie@10000000', [{ address: 0x40_1000_0000, length: 0x1000_0000 }]],
    ['/psci', []],
  ])('has %s where QEMU has it', (path, expected) => {
    expect(regionsOf(findNode(virtTree(), path))).toEqual(expected)
  })
})
