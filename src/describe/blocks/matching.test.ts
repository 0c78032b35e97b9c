import { describe, expect, it } from 'vitest'
import { blocksFor, type DeviceIds } from './index.ts'

const names = async (ids: DeviceIds) => (await blocksFor(ids)).map(({ name }) => name)

describe('blocksFor', () => {
  it.each<[string[], string[]]>([
    [['arm,pl011', 'arm,primecell'], ['pl011']],
    [['rockchip,rk3399-uart', 'snps,dw-apb-uart'], ['dw-apb-uart']],
    [['arm,cortex-a15-gic'], ['gicv2-cpu-interface', 'gicv2-distributor']],
    [['arm,armv7-timer-mem'], ['arm-timer-control', 'arm-timer-frame']],
    [['brcm,bcm2711-gpio', 'brcm,bcm2835-gpio'], ['bcm2711-gpio']],
    [['arm,primecell'], []],
    [['PL011'], []],
    [[], []],
  ])('takes the most specific of %j that it knows: %j', async (compatible, expected) => {
    expect(await names({ compatible })).toEqual(expected)
  })

  it.each<[string, NonNullable<DeviceIds['pci']>, string[]]>([
    ['an id', { vendor: 0x1234, device: 0x11e8, class: 0x00ff00 }, ['edu']],
    ['a class', { vendor: 0x1b36, device: 0x0010, class: 0x010802 }, ['nvme']],
    ['AHCI', { vendor: 0x8086, device: 0x2922, class: 0x010601 }, ['ahci']],
    [
      'xHCI',
      { vendor: 0x1b36, device: 0x000d, class: 0x0c0330 },
      ['xhci-capability', 'xhci-operational'],
    ],
    [
      'an id before a class',
      { vendor: 0x1af4, device: 0x1042, class: 0x010802 },
      ['virtio-pci-common', 'virtio-pci-isr'],
    ],
    ['SATA that is not an AHCI', { vendor: 0x8086, device: 0x2922, class: 0x010600 }, []],
    ['nothing known', { vendor: 0x8086, device: 0x100e, class: 0x020000 }, []],
  ])('knows a PCI function by %s', async (_, pci, expected) => {
    expect(await names({ pci })).toEqual(expected)
  })

  it('knows what ACPI names', async () => {
    expect(await names({ acpi: ['PNP0103'] })).toEqual(['hpet'])
    expect(await names({ acpi: ['XXXX0000', 'ARMH0011'] })).toEqual(['pl011'])
    expect(await names({})).toEqual([])
  })

  it('spreads the registers of a 16550 as a device tree says', async () => {
    const [plain] = await blocksFor({ compatible: ['ns16550a'] })
    const spacing = { regShift: 2, regIoWidth: 4, bigEndian: true }
    const [spread] = await blocksFor({ compatible: ['ns16550a'] }, spacing)
    const shape = (block = plain) =>
      (block?.children ?? []).map((child) =>
        child.kind === 'register' ? [child.name, child.offset, child.width] : [],
      )
    expect(shape(plain).at(-1)).toEqual(['SCR', 7, 8])
    expect(shape(spread).at(-1)).toEqual(['SCR', 28, 32])
    expect(spread).toMatchObject({ endian: 'big', extents: [{ offset: 0, length: 32 }] })
    expect(plain?.endian).toBeUndefined()
    const [halves] = await blocksFor({ compatible: ['ns16550a'] }, { regShift: 1, regIoWidth: 2 })
    expect(shape(halves).at(-1)).toEqual(['SCR', 14, 16])
  })

  it('leaves all others as they are, whatever the spacing', async () => {
    const ids = { compatible: ['snps,dw-apb-uart'] }
    expect(await blocksFor(ids, { regShift: 0 })).toEqual(await blocksFor(ids))
  })
})
