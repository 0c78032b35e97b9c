import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listPci, parseBars, pciDriver, pciExists, readBars, readPciFunction } from './pci.ts'
import { FakeRoot } from './testing/fake-root.ts'

/** ivshmem and a virtio device of a lab machine, kernel 6.1: the first six lines are the BARs. */
const recorded = `0x00000000febfd000 0x00000000febfd0ff 0x0000000000040200
0x0000000000000000 0x0000000000000000 0x0000000000000000
0x0000000800000000 0x00000008000fffff 0x000000000014220c
0x0000000000000000 0x0000000000000000 0x0000000000000000
0x000000000000c000 0x000000000000c03f 0x0000000000040101
0x0000000000000000 0x00000000000fffff 0x0000000020040200
0x00000000feb00000 0x00000000feb3ffff 0x0000000000046200
`

const card = '0000:00:05.0'

describe('parseBars', () => {
  it('takes memory, I/O ports and what has no address; leaves out what is absent or no BAR', () => {
    const memory = { kind: 'memory', prefetchable: false, assigned: true }
    expect(parseBars(recorded)).toEqual([
      { ...memory, number: 0, start: 0xfebf_d000, length: 0x100 },
      { ...memory, number: 2, start: 0x8_0000_0000, length: 0x10_0000, prefetchable: true },
      { ...memory, number: 4, start: 0xc000, length: 0x40, kind: 'io' },
      { ...memory, number: 5, start: 0, length: 0x10_0000, assigned: false },
    ])
  })

  it('leaves out what makes no sense', () => {
    const text = `0x2000 0x1000 0x200
0xffffffffffff0000 0xffffffffffffffff 0x200
zzz 0x1000 0x200
0x1000
0x1000 0x1fff 0x200 more`
    expect(parseBars(text).map(({ number }) => number)).toEqual([4])
  })

  it('never throws, and gives only BARs that can be', () => {
    const word = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((number) => `0x${number.toString(16)}`),
      fc.string({ maxLength: 5 }),
    )
    const line = fc.array(word, { minLength: 2, maxLength: 4 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        for (const { number, start, length } of parseBars(lines.join('\n'))) {
          expect(number).toBeLessThan(6)
          expect(Number.isSafeInteger(start) && start >= 0).toBe(true)
          expect(Number.isSafeInteger(length) && length > 0).toBe(true)
          expect(start + length <= 2 ** 52).toBe(true)
        }
      }),
    )
  })
})

describe('a tree of PCI functions', () => {
  it('is listed in order', () => {
    using root = new FakeRoot().pci('0000:00:1f.2').pci(card, recorded).pci('0000:00:04.0')
    expect(listPci(root.files)).toEqual(['0000:00:04.0', card, '0000:00:1f.2'])
    expect([pciExists(card, root.files), pciExists('0000:00:06.0', root.files)]).toEqual([
      true,
      false,
    ])
    expect(readBars(card, root.files)).toEqual(parseBars(recorded))
  })

  it('tells the driver, if there is one', () => {
    using root = new FakeRoot().pci(card, recorded)
    expect(pciDriver(card, root.files)).toBeUndefined()
    root.link(`sys/bus/pci/devices/${card}/driver`, '../../../bus/pci/drivers/e1000')
    expect(pciDriver(card, root.files)).toBe('e1000')
  })

  it('is empty where there is none', () => {
    using root = new FakeRoot()
    expect(listPci(root.files)).toEqual([])
    expect(readBars(card, root.files)).toEqual([])
  })
})

describe('readPciFunction', () => {
  const header = (command: number) => {
    const bytes = new Uint8Array(256)
    bytes.set(Buffer.from('86800e100000100003000002', 'hex'))
    bytes[4] = command
    return bytes
  }
  const folder = `sys/bus/pci/devices/${card}`

  const function_ = () =>
    new FakeRoot()
      .pci(card, recorded)
      .put(`${folder}/vendor`, '0x8086\n')
      .put(`${folder}/device`, '0x100e\n')
      .put(`${folder}/class`, '0x020000\n')
      .put(`${folder}/enable`, '1\n')
      .put(`${folder}/power/runtime_status`, 'active\n')
      .put(`${folder}/config`, header(7))
      .link(`${folder}/driver`, '../../../bus/pci/drivers/e1000')

  it('gathers what sysfs says', () => {
    using root = function_()
    expect(readPciFunction(card, root.files)).toEqual({
      address: card,
      vendor: 0x8086,
      device: 0x100e,
      class: 0x02_0000,
      bars: parseBars(recorded),
      driver: 'e1000',
      enabled: true,
      power: 'active',
      commandMemory: true,
      commandIo: true,
      configLength: 64,
    })
  })

  it('says what is off', () => {
    using root = function_().put(`${folder}/config`, header(1)).put(`${folder}/enable`, '0\n')
    expect(readPciFunction(card, root.files)).toMatchObject({
      enabled: false,
      commandMemory: false,
      commandIo: true,
    })
  })

  it('does not wake what is suspended', () => {
    using root = function_().put(`${folder}/power/runtime_status`, 'suspended\n')
    const found = readPciFunction(card, root.files)
    expect(found).toMatchObject({ power: 'suspended', configLength: 0, vendor: 0x8086 })
    expect(found).not.toHaveProperty('commandMemory')
  })

  it('says what it does not know', () => {
    using root = new FakeRoot().pci(card, recorded).put(`${folder}/config`, 'short')
    expect(readPciFunction(card, root.files)).toEqual({
      address: card,
      vendor: undefined,
      device: undefined,
      class: undefined,
      bars: parseBars(recorded),
      driver: undefined,
      enabled: undefined,
      power: 'unknown',
      configLength: 5,
    })
    expect(readPciFunction('0000:00:06.0', root.files)).toBeUndefined()
  })

  it('never throws', () => {
    using root = function_()
    const files = ['vendor', 'device', 'class', 'enable', 'power/runtime_status', 'config']
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.uint8Array({ maxLength: 80 }), (file, bytes) => {
        root.put(`${folder}/${file}`, bytes)
        const found = readPciFunction(card, root.files)
        const { vendor = 0, device = 0, class: kind = 0 } = found ?? {}
        expect([vendor, device, kind].every(Number.isSafeInteger)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})
