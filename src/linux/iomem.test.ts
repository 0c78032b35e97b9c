import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIomem, readIomem, resourcesAt } from './iomem.ts'
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
      end: 0x1e0_1d31,
      name: 'Kernel code',
      depth: 1,
    })
    expect(resources[5]).toMatchObject({ name: 'pnp 00:04', depth: 2 })
    expect(resources[8]).toMatchObject({ start: 2 ** 32, end: 0x8_ffff_ffff, depth: 0 })
  })

  it('passes over lines of another form', () => {
    const text =
      'nothing\n 1000-1fff : odd indent\n1000-1fff: no blank\n\n2000-2fff : good\n-1-2 : x'
    expect(parseIomem(text).map(({ name }) => name)).toEqual(['good'])
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseIomem(text)))
    const line = fc.stringMatching(/^ {0,5}[0-9a-f]{0,20}-[0-9a-f]{0,20} : .*$/)
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        for (const { start, end, depth } of parseIomem(lines.join('\n'))) {
          expect([start >= 0, end >= 0, Number.isInteger(depth)]).toEqual([true, true, true])
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

describe('readIomem', () => {
  it('reads the file below a root', () => {
    using root = new FakeRoot().put('proc/iomem', recorded)
    expect(readIomem(root.path)).toEqual(parseIomem(recorded))
  })

  it('is empty where there is none', () => {
    using root = new FakeRoot()
    expect(readIomem(root.path)).toEqual([])
  })
})
