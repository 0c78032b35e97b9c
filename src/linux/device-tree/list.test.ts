import { describe, expect, it } from 'vitest'
import { listRegions, nodesAt } from './list.ts'
import { type NodeSpec, treeOf } from './testing/builder.ts'
import { virtTree } from './testing/virt.ts'

const bus = { '#address-cells': [1], '#size-cells': [1] }
const root: NodeSpec = {
  ...bus,
  aliases: { serial0: '/soc/serial@1000', uart: '/soc/serial@1000' },
  soc: {
    ...bus,
    ranges: [0, 0x8000, 0x4000],
    reg: [0x8000, 0x4000],
    'serial@1000': { compatible: ['acme,uart-2', 'acme,uart'], reg: [0x1000, 0x100] },
    'timer@2000': { status: 'disabled', reg: [0x2000, 0x10], 'sub@0': { reg: [0, 1] } },
    'bad@3000': { reg: [0x3000] },
    'empty@0': { reg: true },
  },
}

describe('listRegions', () => {
  it('tells of every node with regions, and of what is wrong with one', () => {
    const list = listRegions(treeOf(root)).map(({ node: _, ...entry }) => entry)
    const plain = { compatible: [], status: 'okay', enabled: true, aliases: [] }
    expect(list).toEqual([
      { ...plain, path: '/soc', regions: [{ address: 0x8000, length: 0x4000 }] },
      {
        ...plain,
        path: '/soc/serial@1000',
        compatible: ['acme,uart-2', 'acme,uart'],
        aliases: ['serial0', 'uart'],
        regions: [{ address: 0x9000, length: 0x100 }],
      },
      {
        ...plain,
        path: '/soc/timer@2000',
        status: 'disabled',
        enabled: false,
        regions: [{ address: 0xa000, length: 0x10 }],
      },
      {
        ...plain,
        path: '/soc/timer@2000/sub@0',
        enabled: false,
        regions: [
          {
            address: undefined,
            length: 1,
            reason: '/soc/timer@2000 has no ranges: addresses below it are its own',
          },
        ],
      },
      {
        ...plain,
        path: '/soc/bad@3000',
        regions: [],
        problem: 'reg of /soc/bad@3000 has 4 bytes: expected entries of 8 (1 + 1 cells)',
      },
    ])
  })

  it('takes `ok` for `okay`, and shows any other status as it is', () => {
    const status = (text: string) =>
      listRegions(treeOf({ x: { status: text, reg: [0, 1] } })).map((one) => [
        one.status,
        one.enabled,
      ])
    expect(status('ok')).toEqual([['ok', true]])
    expect(status('okay')).toEqual([['okay', true]])
    expect(status('fail-burnt')).toEqual([['fail-burnt', false]])
  })
})

describe('nodesAt', () => {
  const at = (address: number) =>
    nodesAt(treeOf(root), address).map(({ entry, index, offset }) => [entry.path, index, offset])

  it('gives the smallest region first', () => {
    expect(at(0x9010)).toEqual([
      ['/soc/serial@1000', 0, 0x10],
      ['/soc', 0, 0x1010],
    ])
  })

  it('ends with the last byte', () => {
    expect(at(0xbfff)).toEqual([['/soc', 0, 0x3fff]])
    expect(at(0xc000)).toEqual([])
    expect(at(0x7fff)).toEqual([])
  })

  it("says what is where on QEMU's board", () => {
    const [first] = nodesAt(virtTree(), 0x80a_0004)
    expect([first?.entry.path, first?.index, first?.offset]).toEqual(['/intc@8000000', 1, 4])
  })
})
