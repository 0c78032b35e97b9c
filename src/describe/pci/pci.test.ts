import { describe, expect, it } from 'vitest'
import { pciConfigBlock, readOutline } from './index.ts'
import { clusters, registersOf } from './testing/parts.ts'

/** A space of `length` bytes with these at their offsets. */
function space(length: number, parts: Readonly<Record<number, readonly number[]>>): Uint8Array {
  const bytes = new Uint8Array(length)
  for (const [offset, values] of Object.entries(parts)) bytes.set(values, Number(offset))
  return bytes
}

/** QEMU's virtio-net on PCI Express, in short: MSI-X, vendor capabilities, PCIe, AER, DSN. */
const virtio = space(4096, {
  0: [0xf4, 0x1a, 0x41, 0x10, 0x07, 0x05, 0x10, 0x00],
  16: [0x01, 0xc0, 0, 0, 0x00, 0x10, 0xbf, 0xfe, 0x0c, 0, 0, 0xfe, 0, 0, 0, 0],
  52: [0x40],
  64: [0x11, 0x50, 0x03, 0x80],
  80: [0x09, 0x60, 0x10, 0x01, 0x04],
  96: [0x09, 0x74, 0x14, 0x05],
  116: [0x10, 0x90, 0x02, 0x00],
  144: [0x05, 0x00, 0x80, 0x01],
  256: [0x01, 0x00, 0x02, 0x15],
  336: [0x03, 0x00, 0x01, 0x00],
})

describe('configuration space by name', () => {
  it('has its header', () => {
    const registers = registersOf(pciConfigBlock(virtio))
    expect(registers.get('COMMAND')).toMatchObject({ offset: 4, width: 16, access: 'read-write' })
    const status = registers.get('STATUS')
    expect(status).toMatchObject({ offset: 6, width: 16, readEffect: 'none' })
    expect(status?.fields.find(({ name }) => name === 'DETECTED_PARITY_ERROR')).toEqual({
      ...{ name: 'DETECTED_PARITY_ERROR', lsb: 15, width: 1 },
      ...{ access: 'read-write', writeEffect: 'one-to-clear' },
    })
  })

  it('has BARs as they say themselves: I/O, 32 bits, 64 bits', () => {
    const registers = registersOf(pciConfigBlock(virtio))
    const names = (bar: string) => registers.get(bar)?.fields.map(({ name }) => name)
    expect(names('BAR0')).toEqual(['SPACE', 'ADDRESS'])
    expect(names('BAR1')).toEqual(['SPACE', 'TYPE', 'PREFETCHABLE', 'ADDRESS'])
    expect(names('BAR3')).toEqual(['ADDRESS_UPPER'])
  })

  it('has the capabilities of its lists, in their order', () => {
    expect(clusters(pciConfigBlock(virtio))).toEqual([
      ...['MSIX@40', 'VIRTIO_COMMON@50', 'VIRTIO_PCI@60', 'PCIE@74', 'MSI@90'],
      ...['AER@100', 'DSN@150'],
    ])
  })

  it('has the registers of each where they are, and what they do', () => {
    const registers = registersOf(pciConfigBlock(virtio))
    const at = (name: string) => registers.get(name)?.offset
    expect(at('MSIX.CONTROL')).toBe(0x42)
    // With 64-bit addresses and masks.
    expect([at('MSI.ADDRESS_UPPER'), at('MSI.DATA'), at('MSI.MASK')]).toEqual([0x98, 0x9c, 0xa0])
    expect(at('PCIE.LINK_STATUS_2')).toBe(0x74 + 0x32)
    expect(registers.get('AER.UNCORRECTABLE_STATUS')?.fields[0]).toMatchObject({
      ...{ name: 'DATA_LINK_PROTOCOL', lsb: 4, writeEffect: 'one-to-clear' },
    })
    expect(registers.get('VIRTIO_PCI.PCI_CFG_DATA')?.readEffect).toBe('external')
    expect(registers.has('AER.ROOT_STATUS')).toBe(false)
  })

  it('has more of AER at a root port', () => {
    const root = virtio.slice()
    root[0x76] = 0x42
    expect(registersOf(pciConfigBlock(root)).get('AER.ROOT_STATUS')?.offset).toBe(0x130)
  })

  it('has MSI with 32-bit addresses where they are', () => {
    const msi = space(256, { 0: [1, 2, 3, 4], 6: [0x10], 52: [0x50], 80: [5, 0, 0, 1] })
    const registers = registersOf(pciConfigBlock(msi))
    expect(registers.get('MSI.DATA')?.offset).toBe(0x58)
    expect(registers.get('MSI.PENDING')?.offset).toBe(0x60)
    expect(registers.has('MSI.ADDRESS_UPPER')).toBe(false)
  })

  it('has what a bridge has', () => {
    const bridge = space(256, { 0: [1, 2, 3, 4], 14: [0x81] })
    const registers = registersOf(pciConfigBlock(bridge))
    expect(registers.get('SECONDARY_BUS')?.offset).toBe(0x19)
    expect(registers.get('BRIDGE_CONTROL')?.offset).toBe(0x3e)
    expect(registers.has('SUBSYSTEM_ID')).toBe(false)
  })

  it('counts capabilities that occur again, and keeps unknown ones', () => {
    const odd = space(256, {
      ...{ 0: [1, 2, 3, 4], 6: [0x10], 52: [0x43] },
      ...{ 64: [9, 0x50], 80: [9, 0x60], 96: [0x7e, 0] },
    })
    expect(clusters(pciConfigBlock(odd))).toEqual(['VENDOR@40', 'VENDOR_2@50', 'CAP_7E@60'])
  })

  it('ends a list that loops, points into the header or past the end', () => {
    const list = (next: number) =>
      space(256, { 0: [1, 2, 3, 4], 6: [0x10], 52: [0x40], 64: [1, next] })
    expect(clusters(pciConfigBlock(list(0x40)))).toEqual(['PM@40'])
    expect(clusters(pciConfigBlock(list(0x3c)))).toEqual(['PM@40'])
    expect(clusters(pciConfigBlock(list(0x40).subarray(0, 0x44)))).toEqual(['PM@40'])
  })

  it('is the header alone of what an ordinary user sees, and of what does not answer', () => {
    const seen = registersOf(pciConfigBlock(virtio.subarray(0, 64)))
    expect(seen.has('INTERRUPT_PIN')).toBe(true)
    expect(clusters(pciConfigBlock(virtio.subarray(0, 64)))).toEqual([])
    const dead = pciConfigBlock(new Uint8Array(256).fill(0xff))
    expect(clusters(dead)).toEqual([])
    expect(dead.children.at(-1)?.name).toBe('BIST')
    expect(pciConfigBlock(new Uint8Array()).children).toEqual([])
  })

  it('is known from its header and the first words of its capabilities', async () => {
    const view = new DataView(virtio.buffer)
    const read: number[] = []
    const outline = await readOutline(async (offset) => {
      read.push(offset)
      return view.getUint32(offset, true)
    }, virtio.length)
    expect(read.slice(16)).toEqual([0x40, 0x50, 0x60, 0x74, 0x90, 0x100, 0x150])
    expect(pciConfigBlock(outline)).toEqual(pciConfigBlock(virtio))
  })
})
