import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeRoot } from './testing/fake-root.ts'
import { listUio } from './uio.ts'

describe('listUio', () => {
  it('gives devices and maps by rising number', () => {
    using root = new FakeRoot()
      .uio(10, 'fpga')
      .uio(2, 'edu')
      .uioMap(2, 1, { name: 'ram', addr: '0xfeb00000', size: '0x2000', offset: '0x0' })
      .uioMap(2, 0, { name: 'regs', addr: '0xfea00000', size: '0x1000', offset: '0x100' })
    expect(listUio(root.files)).toEqual([
      {
        number: 2,
        name: 'edu',
        maps: [
          { number: 0, name: 'regs', address: 0xfea0_0000, offset: 0x100, length: 0xf00 },
          { number: 1, name: 'ram', address: 0xfeb0_0000, offset: 0, length: 0x2000 },
        ],
      },
      { number: 10, name: 'fpga', maps: [] },
    ])
  })

  it('takes a map without name or offset, as old kernels have it', () => {
    using root = new FakeRoot().uio(0, 'old').uioMap(0, 0, { addr: '0x1000', size: '0x1000' })
    expect(listUio(root.files)[0]?.maps).toEqual([
      { number: 0, name: '', address: 0x1000, offset: 0, length: 0x1000 },
    ])
  })

  it('knows no physical address of memory that has a kernel address', () => {
    using root = new FakeRoot()
      .uio(0, 'memory')
      .uioMap(0, 0, { addr: '0xffff888000100000', size: '0x1000' })
      .uioMap(0, 1, { addr: 'somewhere', size: '0x1000' })
      .uioMap(0, 2, { addr: '0xffffffffff000', size: '0x1000' })
    const addresses = listUio(root.files)[0]?.maps.map(({ address }) => address)
    expect(addresses).toEqual([undefined, undefined, 0xf_ffff_ffff_f000])
  })

  it('leaves out maps whose size cannot be determined', () => {
    using root = new FakeRoot()
      .uio(0, 'odd')
      .uioMap(0, 0, { name: 'empty', size: '0x0' })
      .uioMap(0, 1, { name: 'beyond', size: '0x1000', offset: '0x1000' })
      .uioMap(0, 2, { name: 'words', size: 'many' })
      .uioMap(0, 3, { name: 'none' })
    expect(listUio(root.files)).toEqual([{ number: 0, name: 'odd', maps: [] }])
  })

  it('is empty where there is none, and passes over other files', () => {
    using root = new FakeRoot()
    expect(listUio(root.files)).toEqual([])
    root.put('sys/class/uio/version', '').put('sys/class/uio/uioX/name', 'x')
    expect(listUio(root.files)).toEqual([])
  })

  it('never throws', () => {
    const number = fc.oneof(fc.double().map(String), fc.string({ unit: 'binary' }))
    using root = new FakeRoot()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), number, number, (name, size, offset) => {
        root.uio(0, name).uioMap(0, 0, { name, size, offset })
        for (const map of listUio(root.files)[0]?.maps ?? []) {
          expect(Number.isInteger(map.offset) && map.offset >= 0).toBe(true)
          expect(Number.isInteger(map.length) && map.length > 0).toBe(true)
        }
      }),
      { numRuns: 25 },
    )
  })
})
