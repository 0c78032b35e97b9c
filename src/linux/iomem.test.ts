import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addressesHidden,
  parseIomem,
  type Resource,
  type ResourceNode,
  readIomem,
  readIoports,
  resourcesAt,
  resourceTree,
} from './iomem.ts'
import { FakeRoot } from './testing/fake-root.ts'

/** From a lab machine, kernel 6.1. */
const recorded = `00000000-00000fff : Reserved
00100000-2ffdffff : System RAM
  01000000-01e01d31 : Kernel code
b0000000-bfffffff : PCI MMCONFIG 0000 [bus 00-ff]
  b0000000-bfffffff : Reserved
    b0000000-bfffffff : pnp 00:04
fed00000-fed003ff : HPET 0
  fed00000-fed003ff : PNP0103:00
100000000-8ffffffff : PCI Bus 0000:00
`

const namesAt = (address: number) =>
  resourcesAt(parseIomem(recorded), address).map(({ name }) => name)

describe('parseIomem', () => {
  it('takes addresses, names and nesting', () => {
    const resources = parseIomem(recorded)
    expect(resources).toHaveLength(9)
    expect(resources[2]).toEqual({
      start: 0x100_0000,
      last: 0x1e0_1d31,
      name: 'Kernel code',
      depth: 1,
    })
    expect(resources[5]).toMatchObject({ name: 'pnp 00:04', depth: 2 })
    expect(resources[8]).toMatchObject({ start: 2 ** 32, last: 0x8_ffff_ffff, depth: 0 })
  })

  it('passes over lines of another form', () => {
    const text =
      'nothing\n 1000-1fff : odd indent\n1000-1fff: no blank\n\n2000-2fff : good\n-1-2 : x'
    expect(parseIomem(text).map(({ name }) => name)).toEqual(['good'])
  })

  it('passes over what lies beyond 2^52 and what is reversed; cuts what reaches beyond', () => {
    const text = `0-ffffffffffffffff : all
10000000000000-1ffffffffffffff : beyond
ffffffffffff0000-ffffffffffffffff : far beyond
fffffffffffff-10000000000000 : last
2000-1fff : reversed
1000-1000 : one byte
`
    expect(parseIomem(text)).toEqual([
      { start: 0, last: 2 ** 52 - 1, name: 'all', depth: 0 },
      { start: 2 ** 52 - 1, last: 2 ** 52 - 1, name: 'last', depth: 0 },
      { start: 0x1000, last: 0x1000, name: 'one byte', depth: 0 },
    ])
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseIomem(text)))
    const line = fc.stringMatching(/^ {0,5}[0-9a-f]{0,20}-[0-9a-f]{0,20} : .*$/)
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        for (const { start, last, depth } of parseIomem(lines.join('\n'))) {
          expect(Number.isSafeInteger(start) && Number.isSafeInteger(last)).toBe(true)
          expect(0 <= start && start <= last && last < 2 ** 52).toBe(true)
          expect(Number.isInteger(depth)).toBe(true)
        }
      }),
    )
  })
})

describe('resourcesAt', () => {
  it('goes from the outermost to the innermost, ends included', () => {
    expect(namesAt(0xb000_0000)).toEqual(['PCI MMCONFIG 0000 [bus 00-ff]', 'Reserved', 'pnp 00:04'])
    expect(namesAt(0xfed0_03ff)).toEqual(['HPET 0', 'PNP0103:00'])
    expect(namesAt(0xfed0_0400)).toEqual([])
    expect(namesAt(0)).toEqual(['Reserved'])
  })

  it('knows nothing where the kernel hides the addresses', () => {
    const hidden = parseIomem('00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code')
    expect(resourcesAt(hidden, 0)).toEqual([])
  })
})

describe('addressesHidden', () => {
  it('is so when there are resources and all are zero', () => {
    const hidden = '00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code\n'
    expect(addressesHidden(parseIomem(hidden))).toBe(true)
    expect(addressesHidden(parseIomem(`${hidden}00001000-00001fff : System RAM\n`))).toBe(false)
    expect(addressesHidden([])).toBe(false)
  })
})

describe('resourceTree', () => {
  const names = (nodes: ResourceNode[]): unknown[] =>
    nodes.map(({ name, children }) => (children.length > 0 ? [name, ...names(children)] : name))

  it('has what is inside as children', () => {
    expect(names(resourceTree(parseIomem(recorded)))).toEqual([
      'Reserved',
      ['System RAM', 'Kernel code'],
      ['PCI MMCONFIG 0000 [bus 00-ff]', ['Reserved', 'pnp 00:04']],
      ['HPET 0', 'PNP0103:00'],
      'PCI Bus 0000:00',
    ])
  })

  it('goes by depth where a level is missing', () => {
    const text = '    1000-1fff : c\n  1000-1fff : b\n1000-1fff : a\n    1000-1fff : d\n'
    expect(names(resourceTree(parseIomem(text)))).toEqual(['c', 'b', ['a', 'd']])
  })

  it('keeps every resource, in order', () => {
    const resource = fc.record({
      start: fc.nat(),
      last: fc.nat(),
      name: fc.string(),
      depth: fc.nat(6),
    })
    const flat = (nodes: ResourceNode[]): Resource[] =>
      nodes.flatMap(({ children, ...resource }) => [resource, ...flat(children)])
    fc.assert(
      fc.property(fc.array(resource), (resources) => {
        expect(flat(resourceTree(resources))).toEqual(resources)
      }),
    )
  })
})

describe('readIomem', () => {
  it('reads the file below a root', () => {
    using root = new FakeRoot().put('proc/iomem', recorded)
    expect(readIomem(root.files)).toEqual(parseIomem(recorded))
  })

  it('has a sister for I/O ports', () => {
    using root = new FakeRoot().put('proc/ioports', '0070-0077 : rtc0\n')
    expect(readIoports(root.files)).toEqual([{ start: 0x70, last: 0x77, name: 'rtc0', depth: 0 }])
  })

  it('is empty where there is none', () => {
    using root = new FakeRoot()
    expect([readIomem(root.files), readIoports(root.files)]).toEqual([[], []])
  })
})
