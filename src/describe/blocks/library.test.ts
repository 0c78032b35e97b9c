/** What all blocks of the library have, and the effects that their manuals tell of. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { findRegister } from '../lookup.ts'
import type { Block, Cluster, Field, ReadEffect, Register, WriteEffect } from '../model.ts'
import { packSources } from '../shipped.ts'
import { readYaml } from '../yaml/index.ts'
import { blockNamed, blocksFor, libraryBlocks, parseWithin } from './index.ts'

const folder = fileURLToPath(new URL('library/', import.meta.url))
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''))

/** All registers, with the offset of the last element of each and the bytes after it. */
function registersOf(
  children: readonly (Register | Cluster)[],
  path = '',
  base = 0,
  last = 0,
): { path: string; register: Register; first: number; end: number }[] {
  return children.flatMap((child) => {
    const { count, stride } = child.repeat ?? { count: 1, stride: 0 }
    const first = base + child.offset
    const furthest = last + child.offset + (count - 1) * stride
    const name = `${path}${child.name}`
    if (child.kind === 'cluster') return registersOf(child.children, `${name}.`, first, furthest)
    return [{ path: name, register: child, first, end: furthest + child.width / 8 }]
  })
}

/** Of a field that repeats, the highest bit of the last. */
function highest({ lsb, width, repeat }: Field): number {
  return lsb + width - 1 + (repeat === undefined ? 0 : (repeat.count - 1) * repeat.stride)
}

describe('the library', () => {
  it('has an index of all its files, without an issue in any', async () => {
    const { index } = await packSources()
    expect(index.map(({ name }) => name)).toEqual([...names].sort())
    expect(await libraryBlocks()).toEqual(index)
  })

  it('gives each block by its name, and none by another', async () => {
    for (const name of names) expect((await blockNamed(name))?.name).toBe(name)
    expect(await blockNamed('pl0111')).toBeUndefined()
    expect(await blockNamed('index')).toBeUndefined()
    expect(await blockNamed('../pl011')).toBeUndefined()
  })

  it('finds each block by everything that it matches', async () => {
    for (const { name, matches } of await libraryBlocks()) {
      const ids = [
        ...(matches.compatible ?? []).map((one) => ({ compatible: [one] })),
        ...(matches.acpi ?? []).map((one) => ({ acpi: [one] })),
        ...(matches.pci ?? []).map((one) => {
          const [vendor = 0, device = 0] = one.split(':').map((text) => Number.parseInt(text, 16))
          return { pci: { vendor, device, class: 0xff0000 } }
        }),
        ...(matches.pciClass ?? []).map((one) => ({
          pci: { vendor: 0xffff, device: 0xffff, class: Number.parseInt(one.padEnd(6, '0'), 16) },
        })),
      ]
      expect(ids.length, name).toBeGreaterThan(0)
      for (const one of ids)
        expect((await blocksFor(one)).map((block) => block.name)).toContain(name)
    }
  })
})

describe.each(names)('%s', (name) => {
  let block: Block
  let all: ReturnType<typeof registersOf>

  beforeAll(async () => {
    block = (await blockNamed(name)) as Block
    all = registersOf(block.children)
  })

  it('comes out of its packed form as it was read', () => {
    const text = readFileSync(`${folder}${name}.yaml`, 'utf8')
    const { device, issues } = readYaml({ name, text, open: () => expect.unreachable() })
    const [read] = device.blocks
    expect(block).toEqual({ ...read, children: read?.children })
    expect(issues).toEqual([])
  })

  it('is named by the vendors as they name things', () => {
    for (const one of block.matches?.compatible ?? []) {
      expect(one).toMatch(/^(?:[a-z]+,[a-z\d.-]+|ns\d+a?|generic-[a-z]+)$/)
    }
  })

  it('has its registers aligned, and within its size', () => {
    const [extent] = block.extents
    for (const { path, register, first, end } of all) {
      expect((first * 8) % register.width, path).toBe(0)
      expect(end, path).toBeLessThanOrEqual(extent?.length ?? 0)
    }
  })

  it('has its fields within their registers, and apart', () => {
    for (const { path, register } of all) {
      let taken = 0n
      for (const field of register.fields) {
        expect(highest(field), `${path}.${field.name}`).toBeLessThan(register.size)
        const { count, stride } = field.repeat ?? { count: 1, stride: 0 }
        for (let index = 0; index < count; index += 1) {
          const bits = ((1n << BigInt(field.width)) - 1n) << BigInt(field.lsb + index * stride)
          expect(taken & bits, `${path}.${field.name}`).toBe(0n)
          taken |= bits
        }
      }
    }
  })

  it('says of each register that can be loaded what a load does', () => {
    for (const { path, register } of all) {
      if (register.access === 'write-only') continue
      expect(register.readEffect, path).toBeDefined()
      const ofFields = register.fields.some(({ readEffect = 'none' }) => readEffect !== 'none')
      if (ofFields) expect(register.readEffect, path).not.toBe('none')
    }
  })

  it('describes each register, and where in a device it is', () => {
    for (const { path, register } of all) expect(register.description, path).toMatch(/^\S.*[^.]$/)
    const { within } = block.matches ?? {}
    if (within !== undefined) expect(parseWithin(within)).not.toEqual([])
  })
})

describe('the effects that manuals tell of', () => {
  it.each<[string, string, ReadEffect, string]>([
    ['pl011', 'DR', 'modify', 'DDI 0183G, 3.3.1: a FIFO'],
    ['pl011', 'FR', 'none', 'DDI 0183G, 3.3.3'],
    ['pl011', 'IFLS', 'none', 'DDI 0183G, 3.3.9: only its name speaks of a FIFO'],
    ['sbsa-uart', 'DR', 'modify', 'a FIFO'],
    ['uart16550', 'RBR', 'modify', 'PC16550D, 8.0: a FIFO'],
    ['uart16550', 'DLL', 'modify', 'at the offset of RBR'],
    ['uart16550', 'IIR', 'modify', 'PC16550D, table IV: clears that THR is empty'],
    ['uart16550', 'LSR', 'modify', 'PC16550D, 8.4: clears the errors'],
    ['uart16550', 'MSR', 'modify', 'PC16550D, 8.8: clears the changes'],
    ['uart16550', 'SCR', 'none', 'PC16550D, 8.9'],
    ['dw-apb-uart', 'RBR', 'modify', 'a FIFO'],
    ['dw-apb-uart', 'USR', 'modify', 'clears busy_detect'],
    ['dw-apb-uart', 'CPR', 'none', 'constant'],
    ['gicv2-cpu-interface', 'GICC_IAR', 'modify', 'IHI 0048B, 4.4.4: takes the interrupt'],
    ['gicv2-cpu-interface', 'GICC_AIAR', 'modify', 'IHI 0048B, 4.4.11'],
    ['gicv2-cpu-interface', 'GICC_HPPIR', 'none', 'IHI 0048B, 4.4.7: takes nothing'],
    ['virtio-pci-isr', 'isr_status', 'clear', 'Virtio 1.2, 4.1.4.5'],
    ['virtio-mmio', 'InterruptStatus', 'none', 'Virtio 1.2, 4.2.2'],
    ['axi-uartlite', 'RX_FIFO', 'modify', 'PG142: a FIFO'],
    ['axi-uartlite', 'STAT_REG', 'modify', 'PG142: clears the errors'],
    ['nvme', 'INTMS', 'external', 'NVMe 2.0, 3.1.3.3: undefined while MSI-X is used'],
    ['ahci', 'P[0].IS', 'none', 'AHCI 1.3.1, 3.3.5'],
    ['hpet', 'STATUS', 'none', 'HPET 1.0a, 2.3.6'],
    ['ioapic', 'IOWIN', 'none', '82093AA, 3.1.2'],
  ])('of a load of %s %s: %s (%s)', async (name, register, effect) => {
    const block = (await blockNamed(name)) as Block
    expect(findRegister(block, register).register.readEffect).toBe(effect)
  })

  it.each<[string, string, string, WriteEffect, string]>([
    ['pl011', 'ICR', '', 'one-to-clear', 'DDI 0183G, 3.3.13'],
    ['pl011', 'RSR', '', 'clear', 'DDI 0183G, 3.3.2: any value'],
    ['pl061', 'IC', '', 'one-to-clear', 'DDI 0190B, 3.3.10'],
    ['sp804', 'TIMER1.INTCLR', '', 'clear', 'DDI 0271D, 3.3.4: any value'],
    ['sp805', 'INTCLR', '', 'clear', 'DDI 0270B, 3.3.4: any value'],
    ['gicv2-distributor', 'GICD_ISENABLER[0]', '', 'one-to-set', 'IHI 0048B, 4.3.5'],
    ['gicv2-distributor', 'GICD_ICENABLER[0]', '', 'one-to-clear', 'IHI 0048B, 4.3.6'],
    ['gicv2-distributor', 'GICD_ICPENDR[31]', '', 'one-to-clear', 'IHI 0048B, 4.3.8'],
    ['gicv2-distributor', 'GICD_SPENDSGIR[3]', '', 'one-to-set', 'IHI 0048B, 4.3.17'],
    ['hpet', 'STATUS', '', 'one-to-clear', 'HPET 1.0a, 2.3.6'],
    ['ahci', 'IS', '', 'one-to-clear', 'AHCI 1.3.1, 3.1.3'],
    ['ahci', 'P[1].IS', 'DHRS', 'one-to-clear', 'AHCI 1.3.1, 3.3.5'],
    ['ahci', 'P[1].SERR', '', 'one-to-clear', 'AHCI 1.3.1, 3.3.12'],
    ['ahci', 'P[1].CI', '', 'one-to-set', 'AHCI 1.3.1, 3.3.14'],
    ['ahci', 'BOHC', 'OOC', 'one-to-clear', 'AHCI 1.3.1, 3.1.11'],
    ['xhci-operational', 'USBSTS', 'PCD', 'one-to-clear', 'xHCI 1.2, 5.4.2'],
    ['xhci-operational', 'PORT[0].SC', 'CSC', 'one-to-clear', 'xHCI 1.2, 5.4.8'],
    ['xhci-operational', 'PORT[0].SC', 'PED', 'one-to-clear', 'xHCI 1.2, 5.4.8: disables'],
    ['xhci-operational', 'PORT[0].SC', 'LWS', 'one-to-set', 'xHCI 1.2, 5.4.8: reads as 0'],
    ['hpet', 'TIMER[0].CONFIG', 'VAL_SET_CNF', 'one-to-set', 'HPET 1.0a, 2.3.8: clears itself'],
    ['uart16550', 'FCR', 'RFIFOR', 'one-to-set', 'PC16550D, 8.5: clears itself'],
    ['axi-uartlite', 'CTRL_REG', 'RST_RX_FIFO', 'one-to-set', 'PG142'],
    ['nvme', 'INTMS', '', 'one-to-set', 'NVMe 2.0, 3.1.3.3'],
    ['nvme', 'INTMC', '', 'one-to-clear', 'NVMe 2.0, 3.1.3.4'],
    ['nvme', 'CSTS', 'NSSRO', 'one-to-clear', 'NVMe 2.0, 3.1.3.6'],
    ['virtio-mmio', 'InterruptACK', '', 'one-to-clear', 'Virtio 1.2, 4.2.2'],
    ['bcm2835-gpio', 'GPEDS1', '', 'one-to-clear', 'BCM2835, 6.1'],
    ['bcm2835-gpio', 'GPSET0', '', 'one-to-set', 'BCM2835, 6.1'],
    ['axi-gpio', 'IPISR', '', 'one-to-toggle', 'PG144: toggle on write'],
    ['axi-dma', 'S2MM_DMASR', 'IOC_Irq', 'one-to-clear', 'PG021'],
    ['edu', 'INT_ACK', '', 'one-to-clear', 'docs/specs/edu'],
  ])('of a store to %s %s %s: %s (%s)', async (name, path, fieldName, effect) => {
    const { register } = findRegister((await blockNamed(name)) as Block, path)
    const field = register.fields.find((one) => one.name === fieldName)
    expect((fieldName === '' ? register : field)?.writeEffect).toBe(effect)
  })
})
