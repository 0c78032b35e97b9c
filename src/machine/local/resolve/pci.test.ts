import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { PhysmemError } from '../../../base/errors.ts'
import { run } from '../../../cli/testing/run.ts'
import { FakeRoot } from '../../../linux/testing/fake-root.ts'
import { parsePlace } from '../../../place/place.ts'
import { isByIds } from '../../../place/schemes/pci.ts'
import { addressOfPlace } from '../address.ts'
import { nameOfMemory } from './mapped.ts'

const root = new FakeRoot().put('proc/iomem', '00001000-3fffffff : System RAM\n')
afterAll(() => root[Symbol.dispose]())

function add(address: string, vendor: string, device: string, start: string): void {
  const end = `0x${(Number(start) + 0xfff).toString(16)}`
  root.pci(address, `${start} ${end} 0x40200`)
  root.put(`sys/bus/pci/devices/${address}/vendor`, `0x${vendor}\n`)
  root.put(`sys/bus/pci/devices/${address}/device`, `0x${device}\n`)
}
add('0000:00:05.0', '8086', '100e', '0xfe010000')
add('0000:00:04.0', '8086', '100e', '0xfe000000')
add('0000:00:06.0', '1234', '11e8', '0xfe020000')

async function addressOf(text: string): Promise<number | string> {
  try {
    return (await addressOfPlace(parsePlace(text), root.system)).address
  } catch (error) {
    if (error instanceof PhysmemError) return `${error.code} ${error.message}`
    throw error
  }
}

describe('a PCI function by its ids', () => {
  it.each([
    ['pci:1234:11e8/bar0+0x10', 0xfe02_0010],
    ['pci:1234:11E8#0/bar0', 0xfe02_0000],
    ['pci:8086:100e#0/bar0', 0xfe00_0000],
    ['pci:8086:100e#1/bar0', 0xfe01_0000],
    [
      'pci:8086:100e/bar0',
      'ENOPLACE 2 PCI functions are 8086:100e: choose one of pci:8086:100e#0/bar0 (0000:00:04.0), pci:8086:100e#1/bar0 (0000:00:05.0)',
    ],
    ['pci:8086:100e#2/bar0', 'ENOPLACE there is no PCI function 8086:100e#2: there are #0 to #1'],
    ['pci:1234:11e8#1/bar0', 'ENOPLACE there is no PCI function 1234:11e8#1: there is only #0'],
    [
      'pci:1af4:1000/bar0',
      'ENOPLACE there is no PCI function 1af4:1000: there are 8086:100e (0000:00:04.0), 8086:100e (0000:00:05.0), 1234:11e8 (0000:00:06.0)',
    ],
    ['pci:1234:11e8/bar3', 'ENOPLACE 0000:00:06.0 has no BAR 3: it has BAR 0'],
  ])('%s is at %s', async (text, address) => {
    expect(await addressOf(text)).toBe(address)
  })

  it('is in the memory that its address names', () => {
    const names = ['pci:8086:100e#1/bar0+4', 'pci:0000:00:05.0/bar0', 'pci:0:5.0/bar0+8']
    const memories = names.map((text) => nameOfMemory(parsePlace(text) as never, root.files))
    expect(new Set(memories)).toEqual(new Set(['pci:0000:00:05.0/bar0']))
  })

  it('is told apart from an address, whatever the digits', () => {
    const digits = fc.stringMatching(/^[0-9a-f]{1,8}$/)
    const address = fc
      .tuple(fc.option(digits, { nil: undefined }), fc.nat(0xff), fc.nat(0x1f), fc.nat(7))
      .map(([domain, bus, device, number]) => {
        const before = domain === undefined ? '' : `${domain}:`
        return `pci:${before}${bus.toString(16)}:${device.toString(16)}.${number}/bar0`
      })
    const hex4 = fc.stringMatching(/^[0-9a-f]{4}$/)
    const ids = fc
      .tuple(hex4, hex4, fc.option(fc.nat(0xffff), { nil: undefined }))
      .map(([vendor, device, index]) => {
        return `pci:${vendor}:${device}${index === undefined ? '' : `#${index}`}/bar0`
      })
    const isIds = (text: string) => {
      const place = parsePlace(text)
      return place.scheme === 'pci' && isByIds(place)
    }
    fc.assert(fc.property(address, (text) => !isIds(text)))
    fc.assert(fc.property(ids, isIds))
  })
})

describe('commands', () => {
  it.each(['map', 'doctor'])('%s takes it', async (command) => {
    const { out } = await run(`${command} pci:1234:11e8/bar0+0x10`, { root: root.path })
    expect(out).toContain('0xfe020010')
    const wrong = await run(`${command} pci:8086:100e/bar0`, { root: root.path })
    expect(wrong).toMatchObject({ code: 2 })
    expect(wrong.err).toMatch(/choose one of pci:8086:100e#0\/bar0 /)
  })

  it('list finds it by its ids', async () => {
    const { out } = await run('list pci:8086:100e', { root: root.path })
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(['pci:0000:00:04.0/bar0', 'pci:0000:00:05.0/bar0'])
    const { out: one } = await run('list pci:8086:100e#1/bar0 -q', { root: root.path })
    expect(one).toBe('pci:0000:00:05.0/bar0\n')
  })
})
