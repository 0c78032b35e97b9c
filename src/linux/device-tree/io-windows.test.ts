import { describe, expect, it } from 'vitest'
import { ioWindows } from './io-windows.ts'
import { type NodeSpec, treeOf } from './testing/builder.ts'
import { virtTree } from './testing/virt.ts'

const bridge = (...ranges: number[]): NodeSpec => ({ device_type: 'pci', ranges })
const io = 0x0100_0000
const memory = 0x0200_0000

const windows = (root: NodeSpec) =>
  ioWindows(treeOf(root)).map(({ node, address, length }) => [node.path, address, length])

describe('ioWindows', () => {
  it('are the I/O ranges of host bridges, by the address of the CPU', () => {
    expect(ioWindows(virtTree())).toMatchObject([{ address: 0x3eff_0000, length: 0x1_0000 }])
    const soc = {
      '#address-cells': [1],
      '#size-cells': [1],
      ranges: [0x1000_0000, 0xf000_0000, 0x1000_0000],
      // Its ports begin at 0x1000 of the bus.
      pci: bridge(memory, 0, 0, 0x1100_0000, 0, 0x1000, io, 0, 0x1000, 0x1200_0000, 0, 0x800),
    }
    expect(windows({ '#address-cells': [1], '#size-cells': [1], soc })).toEqual([
      ['/soc/pci', 0xf200_0000, 0x800],
    ])
  })

  it('are none where the CPU has no address, of no bytes, and of bridges behind the host bridge', () => {
    const cells = { '#address-cells': [1], '#size-cells': [1] }
    const soc = { ...cells, pci: bridge(io, 0, 0, 0x1200_0000, 0, 0x800) }
    const inner = { device_type: 'pci', ranges: [io, 0, 0, io, 0, 0, 0, 0x100] }
    const outer = { ...bridge(io, 0, 0, 0x1200_0000, 0, 0), inner }
    expect(windows({ ...cells, soc, outer, none: { device_type: 'pci' } })).toEqual([])
  })
})
