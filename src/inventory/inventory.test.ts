import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeRoot, recordedMachines } from '../linux/testing/fake-root.ts'
import { readInventory, readTreeInventory } from './inventory.ts'
import { lengthOf, type Region, walk } from './region.ts'
import { showMemory, showPorts } from './testing/show.ts'

describe('a PC', () => {
  it('is joined from /proc/iomem, PCI and UIO', async () => {
    using root = FakeRoot.recorded('x86_64-6.12')
    const inventory = await readInventory(root.system)
    const lines = showMemory(inventory)
    const from = lines.findIndex((line) => line.startsWith('c0000000'))
    expect(lines.slice(from, from + 17)).toEqual([
      'c0000000-febfffff bus PCI Bus 0000:00',
      '  fe800000-fe8fffff device 0000:00:04.0 pci:0000:00:04.0/bar0 uio:edu/regs driver=uio_edu',
      '  fe900000-fe93ffff device 0000:00:06.0',
      '  fe940000-fe95ffff device 0000:00:06.0 pci:0000:00:06.0/bar0 driver=e1000',
      '    fe940000-fe95ffff device e1000',
      '  fe960000-fe9600ff device 0000:00:05.0 pci:0000:00:05.0/bar0',
      '  fe961000-fe961fff device 0000:00:1e.0 pci:0000:00:1e.0/bar1 driver=virtio-pci',
      '  fe962000-fe962fff device 0000:00:1f.2 pci:0000:00:1f.2/bar5',
      '  fea00000-feafffff device 0000:00:05.0 pci:0000:00:05.0/bar2',
      '  feb00000-feb03fff device 0000:00:1e.0 pci:0000:00:1e.0/bar4 driver=virtio-pci',
      '    feb00000-feb03fff device virtio-pci-modern',
      'fec00000-fec003ff device IOAPIC 0',
      'fed00000-fed003ff device HPET 0',
      '  fed00000-fed003ff device PNP0103:00',
      'fed1c000-fed1ffff reserved Reserved',
      'fffc0000-ffffffff reserved Reserved',
      '100000000-13fffffff ram System RAM',
    ])
    expect(inventory).toMatchObject({ problems: [] })
    expect(inventory.hidden).toBeUndefined()
  })

  it('has its I/O BARs among the ports', async () => {
    using root = FakeRoot.recorded('x86_64-6.12')
    const lines = showPorts(await readInventory(root.system))
    expect(lines).toContain('  700-73f device 0000:00:1f.3')
    expect(lines.slice(-5)).toEqual([
      'd00-ffff bus PCI Bus 0000:00',
      '  c000-c03f device 0000:00:06.0 driver=e1000',
      '    c000-c03f device e1000',
      '  c040-c07f device 0000:00:1e.0 driver=virtio-pci',
      '  c0c0-c0df device 0000:00:1f.2',
    ])
  })
})

describe('a board with a device tree', () => {
  it('has the nodes of it, joined with what /proc/iomem has, and with drivers', async () => {
    using root = FakeRoot.recorded('aarch64-6.12')
    const lines = showMemory(await readInventory(root.system))
    expect(lines.filter((line) => !line.includes('virtio_mmio')).slice(0, 13)).toEqual([
      '0-3ffffff device flash@0 dt:/flash@0',
      '4000000-7ffffff device flash@0 dt:/flash@0#1',
      '8000000-800ffff device intc@8000000 dt:/intc@8000000',
      '8010000-801ffff device intc@8000000 dt:/intc@8000000#1',
      '8020000-8020fff device v2m@8020000 dt:/intc@8000000/v2m@8020000',
      '9000000-9000fff device pl011@9000000 dt:/pl011@9000000 dt:serial0 driver=uart-pl011',
      '  9000000-9000fff device 9000000.pl011 pl011@9000000 driver=uart-pl011',
      '9010000-9010fff device pl031@9010000 dt:/pl031@9010000 dt:rtc0 driver=rtc-pl031',
      '  9010000-9010fff device rtc-pl031',
      '9020000-9020017 device fw-cfg@9020000 dt:/fw-cfg@9020000',
      '9030000-9030fff device pl061@9030000 dt:/pl061@9030000 dt:gpio0 driver=pl061_gpio',
      '  9030000-9030fff device 9030000.pl061 pl061@9030000 driver=pl061_gpio',
      '10000000-3efeffff bus pcie@10000000',
    ])
    // All virtio-mmio slots, which /proc/iomem does not have, since no driver claims them.
    expect(lines.filter((line) => line.includes('virtio_mmio'))).toHaveLength(32)
    expect(lines).toContain('40000000-bfffffff ram System RAM dt:/memory@40000000')
    // A window of the same bridge, told by its name.
    expect(lines).toContain('8000000000-ffffffffff bus pcie@10000000')
  })

  it('is told from a file, too', async () => {
    using root = FakeRoot.recorded('aarch64-6.12')
    const file = root.at('sys/firmware/fdt')
    const lines = showMemory(await readTreeInventory(file))
    const uart = `dtb:${file}:/pl011@9000000 dtb:${file}:serial0`
    expect(lines).toContain(`9000000-9000fff device pl011@9000000 ${uart}`)
    expect(lines).toContain(`40000000-bfffffff ram memory@40000000 dtb:${file}:/memory@40000000`)
  })

  it('throws for a file that is none', async () => {
    using root = new FakeRoot().put('not.dtb', 'hello')
    await expect(readTreeInventory(root.at('not.dtb'))).rejects.toMatchObject({
      code: 'EDEVICETREE',
    })
    await expect(readTreeInventory(root.at('none'))).rejects.toMatchObject({ code: 'ENOPLACE' })
  })
})

describe('hidden addresses', () => {
  it('are replaced by what is open to everybody: the map of the firmware, and the BARs', async () => {
    using root = FakeRoot.recorded('x86_64-6.12', 'user')
    const inventory = await readInventory(root.system)
    expect(inventory.hidden).toEqual({
      reason: 'this process lacks the capability CAP_SYS_ADMIN',
      cure: expect.stringContaining('root'),
      ramFrom: '/sys/firmware/memmap',
    })
    const lines = showMemory(inventory)
    expect(lines[2]).toBe('100000-7ffdffff ram System RAM')
    expect(lines).toContain(
      'fe940000-fe95ffff device 0000:00:06.0 pci:0000:00:06.0/bar0 driver=e1000',
    )
    expect(showPorts(inventory)[1]).toBe('c000-c03f device 0000:00:06.0 driver=e1000')
  })

  it('in a user namespace have another reason', async () => {
    using root = FakeRoot.recorded('aarch64-6.12', 'namespace')
    const { hidden } = await readInventory(root.system)
    expect(hidden?.reason).toContain('user namespace')
    expect(hidden?.ramFrom).toBeUndefined()
  })

  it('are taken from /proc/kcore where there is no map of the firmware', async () => {
    using root = FakeRoot.recorded('aarch64-6.12')
    const known = [...walk((await readInventory(root.system)).memory)]
    const shown = readFileSync(root.at('proc/iomem'), 'utf8')
    const zeros = shown.replace(/[0-9a-f]{8,}-[0-9a-f]{8,}/g, '00000000-00000000')
    root.put('proc/iomem', zeros)
    const inventory = await readInventory(root.system)
    expect(inventory.hidden?.ramFrom).toBe('/proc/kcore')
    const ram = inventory.memory.filter(({ kind }) => kind === 'ram')
    const total = (regions: Region[]) => regions.reduce((sum, region) => sum + lengthOf(region), 0)
    const system = known.filter(({ name }) => name === 'System RAM')
    expect(total(ram)).toBe(total(system))
    expect(ram[0]?.start).toBe(system[0]?.start)
  })
})

describe('damage', () => {
  it('of a device tree leaves the rest as it is, and is told', async () => {
    using root = new FakeRoot()
      .put('proc/iomem', '00001000-00001fff : one\n')
      .put('sys/firmware/fdt', 'nonsense')
    const inventory = await readInventory(root.system)
    expect(showMemory(inventory)).toEqual(['1000-1fff device one'])
    expect(inventory.problems).toHaveLength(1)
  })

  it('of everything else is passed over', async () => {
    using root = new FakeRoot()
      .put(
        'proc/iomem',
        'what\n    00003000-00003fff : deep first\n  00001000-00001fff : then less\n',
      )
      .put('proc/ioports', '')
      .pci(
        '0000:00:01.0',
        'garbage',
        '0x1 0x0 0x200',
        '0x0000000000005000 0x0000000000005fff 0x200',
      )
      .folder('sys/bus/pci/devices/0000:00:02.0')
      .uio(0, 'lost')
      .uioMap(0, 0, { name: 'x', addr: 'zzz', size: '0x1000', offset: '0x0' })
      .uioMap(0, 1, { name: 'y', addr: '0xffffffffffffff00', size: '0x1000', offset: '0x0' })
    const inventory = await readInventory(root.system)
    expect(showMemory(inventory)).toEqual([
      '1000-1fff device then less',
      '3000-3fff device deep first',
      '5000-5fff device 0000:00:01.0 pci:0000:00:01.0/bar2',
    ])
  })

  it('never makes it throw, and no region is lost or outside of what holds it', async () => {
    using root = new FakeRoot()
    mkdirSync(root.at('proc'), { recursive: true })
    const line = fc
      .record({
        depth: fc.integer({ min: 0, max: 3 }),
        start: fc.integer({ min: 0, max: 64 }),
        length: fc.integer({ min: 1, max: 32 }),
      })
      .map(({ depth, start, length }) => {
        const hex = (value: number) => value.toString(16).padStart(8, '0')
        return `${'  '.repeat(depth)}${hex(start)}-${hex(start + length)} : r`
      })
    const bar = fc.tuple(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 1, max: 64 }))
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), bar, async (lines, [at, length]) => {
        writeFileSync(root.at('proc/iomem'), lines.join('\n'))
        root.pci('0000:00:01.0', `0x${at.toString(16)} 0x${(at + length).toString(16)} 0x200`)
        const { memory } = await readInventory(root.system)
        const all = [...walk(memory)]
        expect(all.filter(({ source }) => source === 'iomem')).toHaveLength(lines.length)
        expect(all.filter(({ facts }) => facts.some(({ kind }) => kind === 'bar'))).toHaveLength(1)
      }),
      { numRuns: 200 },
    )
  })
})

describe('every recorded machine', () => {
  it.each(recordedMachines)('%s: regions are inside what holds them', async (name) => {
    using root = FakeRoot.recorded(name)
    const { memory, ports } = await readInventory(root.system)
    for (const region of [...walk(memory), ...walk(ports)]) {
      for (const child of region.children) {
        expect(child.start).toBeGreaterThanOrEqual(region.start)
        expect(child.last).toBeLessThanOrEqual(region.last)
      }
    }
  })
})

describe('devices of other buses', () => {
  const pnp = (root: FakeRoot) =>
    root
      .put('proc/ioports', '0070-0077 : rtc0\n03f8-03ff : serial\n')
      .put('proc/iomem', 'b0000000-bfffffff : PCI ECAM\n  b0000000-bfffffff : pnp 00:04\n')
      .put('sys/bus/pnp/devices/00:03/resources', 'state = active\nio 0x70-0x77\nirq 8\n')
      .put('sys/bus/pnp/devices/00:02/resources', 'state = active\nio 0x3f8-0x3ff disabled\n')
      .put('sys/bus/pnp/devices/00:04/resources', 'mem 0xb0000000-0xbfffffff window\n')
      .link('sys/bus/pnp/devices/00:03/driver', '../../../../bus/pnp/drivers/rtc_cmos')
      .link('sys/bus/pnp/devices/00:04/driver', '../../../../bus/pnp/drivers/system')

  it('are known by what PNP says is theirs', async () => {
    using root = pnp(new FakeRoot())
    const inventory = await readInventory(root.system)
    expect(showPorts(inventory)).toEqual([
      '70-77 device rtc0 driver=rtc_cmos',
      '3f8-3ff device serial',
    ])
    expect(showMemory(inventory)).toEqual([
      'b0000000-bfffffff device PCI ECAM driver=system',
      '  b0000000-bfffffff device pnp 00:04 driver=system',
    ])
  })

  it('are known by the name of a resource', async () => {
    using root = new FakeRoot()
      .put('proc/iomem', 'fe201000-fe2011ff : fe201000.serial serial@7e201000\n')
      .link('sys/bus/platform/devices/fe201000.serial/driver', '../../bus/platform/drivers/pl')
    expect(showMemory(await readInventory(root.system))).toEqual([
      'fe201000-fe2011ff device fe201000.serial serial@7e201000 driver=pl',
    ])
  })
})

describe('buffers of u-dma-buf', () => {
  it('are regions of their own in RAM', async () => {
    using root = new FakeRoot()
      .put('proc/iomem', '40000000-7fffffff : System RAM\n')
      .put('sys/class/u-dma-buf/udmabuf0/phys_addr', '0x0000000042200000\n')
      .put('sys/class/u-dma-buf/udmabuf0/size', '1048576\n')
    expect(showMemory(await readInventory(root.system))).toEqual([
      '40000000-7fffffff ram System RAM',
      '  42200000-422fffff ram udmabuf0 file:/dev/udmabuf0',
    ])
  })
})
