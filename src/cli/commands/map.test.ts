import { afterAll, describe, expect, it } from 'vitest'
import type { Region } from '../../inventory/region.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { printed, type RunInTest, run } from '../testing/run.ts'

const pc = FakeRoot.recorded('x86_64-6.12')
const board = FakeRoot.recorded('aarch64-6.12')
afterAll(() => {
  pc[Symbol.dispose]()
  board[Symbol.dispose]()
})

const onPc = (line: string, options: RunInTest = {}) => run(line, { root: pc.path, ...options })
const onBoard = (line: string) => run(line, { root: board.path })

/**
 * Lines as drivers/cxl/acpi.c, cxl/core/region.c, dax/bus.c, dax/kmem.c, virtio/virtio_mem.c and
 * nvdimm/region.c name them.
 */
function addedMemory(): FakeRoot {
  const iomem = `00100000-7fffffff : System RAM
100000000-17fffffff : CXL Window 0
  100000000-17fffffff : region0
    100000000-17fffffff : dax0.0
      100000000-17fffffff : System RAM (kmem)
180000000-1ffffffff : CXL Window 1
240000000-2ffffffff : virtio0
  240000000-247ffffff : System RAM (virtio_mem)
300000000-33fffffff : Persistent Memory
  300000000-33fffffff : namespace0.0
`
  return new FakeRoot().put('proc/iomem', iomem)
}

/**
 * A function in a BAR of another, whose state and driver are other ones: Intel VMD, as
 * drivers/pci/controller/vmd.c names its windows.
 */
function vmd(): FakeRoot {
  const [outer, inner] = ['0000:00:0e.0', '10001:e1:00.0']
  const iomem = `50000000-5fffffff : PCI Bus 0000:00
  50000000-51ffffff : 0000:00:0e.0
    50000000-51ffffff : VMD MEMBAR1
      50000000-500fffff : PCI Bus 10001:e1
        50000000-50003fff : 10001:e1:00.0
          50000000-50003fff : nvme
  52000000-520fffff : 0000:00:0e.0
`
  const header = (command: number) =>
    Uint8Array.from({ length: 64 }, (_, at) => (at === 4 ? command : 1))
  return new FakeRoot()
    .put('proc/iomem', iomem)
    .pci(outer, '0x50000000 0x51ffffff 0x40200')
    .pci(inner, '0x50000000 0x50003fff 0x140204')
    .put(`sys/bus/pci/devices/${outer}/config`, header(2))
    .put(`sys/bus/pci/devices/${inner}/config`, header(0))
    .put(`sys/bus/pci/devices/${outer}/enable`, '1\n')
    .put(`sys/bus/pci/devices/${inner}/enable`, '0\n')
    .link(`sys/bus/pci/devices/${outer}/driver`, '../../../bus/pci/drivers/vmd')
    .link(`sys/bus/pci/devices/${inner}/driver`, '../../../bus/pci/drivers/nvme')
}

describe('map', () => {
  it('does not count windows of CXL as devices, nor what is behind them', async () => {
    using root = addedMemory()
    const { memory } = JSON.parse((await run('map --json', { root: root.path })).out)
    const kinds = (regions: Region[]): string[] =>
      regions.flatMap(({ name, kind, children = [] }) => [`${name} ${kind}`, ...kinds(children)])
    expect(kinds(memory)).toEqual([
      'System RAM ram',
      'CXL Window 0 bus',
      'region0 device',
      'dax0.0 device',
      'System RAM (kmem) ram',
      'CXL Window 1 bus',
      'virtio0 device',
      'System RAM (virtio_mem) ram',
      'Persistent Memory device',
      'namespace0.0 device',
    ])
  })

  it('shows the space, the tree of it, and the ports', async () => {
    const { code, out, err } = await onPc('map')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n').slice(0, 15)).toEqual([
      '▒███▒░░░▒▒▒██████▒▒▒░░░░░░▓▓▓▓▓░░░░░░▓▓▓░▓▓░░░▓▓▓░░░▓··▓··▒▒···▒▒▒██████░░░░░░░',
      '│0x0│   │0xc0000 │0x7ffe0000   │0xc0000000 │0xfe963000 │0xfed00000│',
      '    │0x9fc00                                                      │0x100000000',
      '█ RAM 3 GiB   ▓ devices 258.4 MiB   ▒ reserved 661 KiB   ░ bus windows 33.7 GiB',
      '· nothing known',
      '',
      'memory',
      ' 0x00000000-0x00000fff       4 KiB  Reserved',
      ' 0x00001000-0x0009fbff     635 KiB  System RAM',
      ' 0x0009fc00-0x000fffff     385 KiB  Reserved',
      ' 0x000a0000-0x000bffff     128 KiB  ├─ PCI Bus 0000:00',
      ' 0x000c0000-0x000c0dff     3.5 KiB  ├─ Video ROM',
      ' 0x000f0000-0x000fffff      64 KiB  └─ System ROM',
      ' 0x00100000-0x7ffdffff       2 GiB  System RAM',
      ' 0x01000000-0x01ffffff      16 MiB  ├─ Kernel code',
    ])
    expect(out).toContain(
      ' 0xfe940000-0xfe95ffff     128 KiB  ├─ 0000:00:06.0  pci:0000:00:06.0/bar0  driver e1000\n' +
        ' 0xfe940000-0xfe95ffff     128 KiB  │  └─ e1000\n' +
        ' 0xfe960000-0xfe9600ff   256 bytes  ├─ 0000:00:05.0  pci:0000:00:05.0/bar0\n',
    )
    expect(out).toContain(
      '\nI/O ports\n0x0000-0x0cf7   3320 ports  PCI Bus 0000:00\n' +
        '0x0000-0x001f     32 ports  ├─ dma1\n',
    )
  })

  it('leaves out what it is told to leave out', async () => {
    const { out } = await onPc('map --no-picture --no-ports')
    expect(out.startsWith('memory\n 0x00000000-0x00000fff ')).toBe(true)
    expect(out).not.toContain('ports')
    const quiet = (await onPc('map --quiet')).out
    expect(quiet.startsWith(' 0x00000000-0x00000fff ')).toBe(true)
    expect(quiet).toContain('\n0x0000-0x0cf7   3320 ports  PCI Bus 0000:00\n')
  })

  it('keeps to ASCII where the locale has no more, and to the width of the terminal', async () => {
    const { out } = await onPc('map', { unicode: false, columns: 60 })
    expect(out).toMatch(/^[\n -~]*$/)
    const lines = out.split('\n')
    const picture = lines.slice(0, lines.indexOf(''))
    for (const line of picture) expect(line.length).toBeLessThan(60)
    expect(picture[0]).toHaveLength(59)
    expect(out).toContain('|  `- e1000\n')
  })

  it('has colours where they are allowed, and is the same without them', async () => {
    const { out } = await onPc('map', { colors: true, terminal: true })
    expect(out).toContain(
      '├─ \x1b[33m0000:00:06.0\x1b[0m  \x1b[36mpci:0000:00:06.0/bar0\x1b[0m  driver e1000\n',
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what an escape is.
    expect(out.replace(/\x1b\[\d+m/g, '')).toBe((await onPc('map')).out)
  })

  it('prints JSON', async () => {
    const { memory, ports, ...rest } = JSON.parse((await onPc('map --json')).out)
    expect(rest).toEqual({ command: 'map', problems: [] })
    const window = memory.find(({ start }: { start: number }) => start === 0xc000_0000)
    expect(window.children[2]).toEqual({
      ...{ start: 0xfe94_0000, end: 0xfe95_ffff, size: 0x2_0000, name: '0000:00:06.0' },
      ...{ kind: 'device', source: 'iomem', driver: 'e1000', places: ['pci:0000:00:06.0/bar0'] },
      facts: [
        { kind: 'bar', device: '0000:00:06.0', bar: 0, prefetchable: false, driver: 'e1000' },
      ],
      children: [
        {
          ...{ start: 0xfe94_0000, end: 0xfe95_ffff, size: 0x2_0000, name: 'e1000' },
          ...{ kind: 'device', source: 'iomem', places: ['iomem:"e1000"'] },
          ...{ facts: [], children: [] },
        },
      ],
    })
    expect(ports[0]).toMatchObject({ start: 0, end: 0xcf7, kind: 'bus', source: 'ioports' })
  })

  it('says what is hidden, and what it shows instead', async () => {
    using root = FakeRoot.recorded('x86_64-6.12', 'user')
    const { code, out, err } = await run('map --no-picture', { root: root.path })
    expect(code).toBe(0)
    expect(err).toMatch(
      /^physmem: \/proc\/iomem and \/proc\/ioports hide the addresses: this process lacks the capability CAP_SYS_ADMIN; shown is RAM from \/sys\/firmware\/memmap, and what \/sys tells\n {2}cure: .*\n$/,
    )
    expect(out).toContain(' 0x00100000-0x7ffdffff       2 GiB  System RAM\n')
    expect(out).toContain('  0000:00:06.0  pci:0000:00:06.0/bar0  driver e1000\n')
    expect((await run('map --quiet', { root: root.path })).err).toBe('')
  })

  it('says what is wrong with the device tree, and shows the rest', async () => {
    using root = new FakeRoot()
      .put('proc/iomem', '00001000-00001fff : one\n')
      .put('sys/firmware/fdt', 'no tree')
    const { code, out, err } = await run('map --no-picture', { root: root.path })
    expect({ code, out }).toEqual({
      code: 0,
      out: 'memory\n0x00001000-0x00001fff  4 KiB  one\n',
    })
    expect(err).toMatch(/^physmem: the device tree is not wholly shown: .*fdt.*\n$/)
  })

  it('says when there is nothing', async () => {
    using root = new FakeRoot()
    const err = 'physmem: nothing is known: neither /proc nor /sys tells of any address\n'
    expect(await run('map', { root: root.path })).toEqual({ code: 3, out: '', err })
  })
})

describe('map of an address', () => {
  it.each([
    [
      'a BAR',
      '0xfe940010',
      '0xfe940010  BAR 0 of 0000:00:06.0 + 0x10 (driver e1000)',
      '  0xc0000000-0xfebfffff  1004 MiB  PCI Bus 0000:00  +0x3e940010',
      '  0xfe940000-0xfe95ffff   128 KiB  └─ 0000:00:06.0  +0x10  driver e1000',
      '  0xfe940000-0xfe95ffff   128 KiB     └─ e1000      +0x10',
      'device  0000:00:06.0  8086:100e  class 020000',
      'places  pci:0000:00:06.0/bar0+0x10',
      '        iomem:"e1000"+0x10',
      '        0xfe940010',
    ],
    [
      'a device that is not enabled, by the name of its BAR',
      'pci:0000:00:05.0/bar2',
      '0xfea00000  BAR 2 of 0000:00:05.0',
      '  0xc0000000-0xfebfffff  1004 MiB  PCI Bus 0000:00  +0x3ea00000',
      '  0xfea00000-0xfeafffff     1 MiB  └─ 0000:00:05.0  +0x0  prefetchable',
      'device  0000:00:05.0  1af4:1110  class 050000, not enabled',
      'places  pci:0000:00:05.0/bar2',
      '        0xfea00000',
    ],
    [
      'a UIO map',
      'uio:uio0/map0+8',
      '0xfe800008  BAR 0 of 0000:00:04.0 + 0x8 (driver uio_edu)',
      '  0xc0000000-0xfebfffff  1004 MiB  PCI Bus 0000:00  +0x3e800008',
      '  0xfe800000-0xfe8fffff     1 MiB  └─ 0000:00:04.0  +0x8  driver uio_edu',
      'device  0000:00:04.0  1234:11e8  class 00ff00',
      'places  pci:0000:00:04.0/bar0+0x8',
      '        uio:edu/regs+0x8',
      '        iomem:"0000:00:04.0"+0x8',
      '        0xfe800008',
    ],
    [
      'a resource',
      'iomem:"HPET 0"+0xf0',
      '0xfed000f0  HPET 0 + 0xf0',
      '  0xfed00000-0xfed003ff  1 KiB  HPET 0         +0xf0',
      '  0xfed00000-0xfed003ff  1 KiB  └─ PNP0103:00  +0xf0',
      'device  PNP0103:00 on the platform bus',
      'places  iomem:"HPET 0"+0xf0',
      '        iomem:"PNP0103:00"+0xf0',
      '        0xfed000f0',
    ],
    [
      'RAM',
      '0x100000000',
      '0x100000000  System RAM',
      '  0x100000000-0x13fffffff  1 GiB  System RAM  +0x0',
      'NUMA node  1',
      'places     0x100000000',
    ],
    [
      'a bus where no device is',
      '0xfeb80000',
      '0xfeb80000  in PCI Bus 0000:00, but no device is known to be there',
      '  0xc0000000-0xfebfffff  1004 MiB  PCI Bus 0000:00  +0x3eb80000',
      'below   0xfeb00000-0xfeb03fff  16 KiB  0000:00:1e.0  ends 496 KiB before',
      'places  0xfeb80000',
    ],
    [
      'a port',
      'port:0xc010',
      'port:0xc010  BAR 1 of 0000:00:06.0 + 16 (driver e1000)',
      '  0x0d00-0xffff  62208 ports  PCI Bus 0000:00  +0xb310',
      '  0xc000-0xc03f     64 ports  └─ 0000:00:06.0  +0x10  BAR 1 of 0000:00:06.0  driver e1000',
      '  0xc000-0xc03f     64 ports     └─ e1000      +0x10',
      'device  0000:00:06.0  8086:100e  class 020000',
      'places  port:0xc010',
    ],
    [
      'a symbol of the kernel',
      'kernel:jiffies',
      '0x02c079c0  Kernel data + 0x79c0',
      '  0x00100000-0x7ffdffff    2 GiB  System RAM      +0x2b079c0',
      '  0x02c00000-0x02e70d7f  2.4 MiB  └─ Kernel data  +0x79c0',
      'NUMA node  0',
      'places     iomem:"Kernel data"+0x79c0',
      '           0x2c079c0',
    ],
  ])('tells %s', async (_, place, ...lines) => {
    expect(await run(['map', place], { root: pc.path })).toEqual(printed(...lines))
  })

  it.each([
    ['0x100001000', '0x100001000  System RAM (kmem) + 0x1000'],
    ['0x180001000', '0x180001000  in CXL Window 1, but no device is known to be there'],
    ['0x240002000', '0x240002000  System RAM (virtio_mem) + 0x2000'],
    ['0x2c0000010', '0x2c0000010  virtio0 + 0x80000010'],
    ['0x300000010', '0x300000010  Persistent Memory + 0x10'],
  ])('tells what memory that was added is: %s', async (address, heading) => {
    using root = addedMemory()
    const { out } = await run(['map', address], { root: root.path })
    expect(out.split('\n')[0]).toBe(heading)
  })

  it('tells the innermost function, where one lies in a BAR of another', async () => {
    using root = vmd()
    expect(await run('map 0x50000010', { root: root.path })).toEqual(
      printed(
        '0x50000010  BAR 0 of 10001:e1:00.0 + 0x10 (driver nvme)',
        '  0x50000000-0x5fffffff  256 MiB  PCI Bus 0000:00            +0x10',
        '  0x50000000-0x51ffffff   32 MiB  └─ 0000:00:0e.0            +0x10  driver vmd',
        '  0x50000000-0x51ffffff   32 MiB     └─ VMD MEMBAR1          +0x10',
        '  0x50000000-0x500fffff    1 MiB        └─ PCI Bus 10001:e1  +0x10',
        '  0x50000000-0x50003fff   16 KiB           └─ 10001:e1:00.0  +0x10  driver nvme',
        '  0x50000000-0x50003fff   16 KiB              └─ nvme        +0x10',
        'device  10001:e1:00.0  0101:0101  class 010101, not enabled, its memory BARs are off',
        'places  pci:10001:e1:00.0/bar0+0x10',
        '        pci:0000:00:0e.0/bar0+0x10',
        '        iomem:"10001:e1:00.0"+0x10',
        '        iomem:"nvme"+0x10',
        '        iomem:"PCI Bus 10001:e1"+0x10',
        '        iomem:"VMD MEMBAR1"+0x10',
        '        iomem:"PCI Bus 0000:00"+0x10',
        '        0x50000010',
      ),
    )
    const other = await run('map 0x52000000', { root: root.path })
    expect(other.out.split('\n')[0]).toBe('0x52000000  0000:00:0e.0')
  })

  it('tells a node of the device tree', async () => {
    expect(await onBoard('map dt:serial0+0x18')).toEqual(
      printed(
        '0x09000018  pl011@9000000 + 0x18 (driver uart-pl011)',
        '  0x09000000-0x09000fff  4 KiB  pl011@9000000                   +0x18  driver uart-pl011',
        '  0x09000000-0x09000fff  4 KiB  └─ 9000000.pl011 pl011@9000000  +0x18',
        'device  9000000.pl011 on the amba bus',
        'node    /pl011@9000000  arm,pl011  arm,primecell',
        'places  dt:/pl011@9000000+0x18',
        '        dt:serial0+0x18',
        '        iomem:"pl011@9000000"+0x18',
        '        iomem:"9000000.pl011 pl011@9000000"+0x18',
        '        0x9000018',
      ),
    )
  })

  it.each(['0x3eff1010', 'port:0x1010'])('tells I/O BARs as memory off x86: %s', async (place) => {
    const { out } = await onBoard(`map ${place}`)
    expect(out).toContain(' BAR 1 of 0000:00:06.0 + ')
    expect(out).toMatch(/^places {2}0x3eff1010$/m)
  })

  it('tells all of an I/O BAR off x86', async () => {
    expect(await onBoard('map 0x3eff1010')).toEqual(
      printed(
        '0x3eff1010  BAR 1 of 0000:00:06.0 + 0x10 (driver e1000)',
        '  0x3eff0000-0x3effffff    64 KiB  pcie@10000000    +0x1010',
        '  0x3eff1000-0x3eff103f  64 bytes  └─ 0000:00:06.0  +0x10  driver e1000',
        'device  0000:00:06.0  8086:100e  class 020000',
        'places  0x3eff1010',
      ),
    )
  })

  it('names the neighbours of nothing, with exit 3', async () => {
    expect(await onPc('map 0xfed80000')).toEqual({
      ...printed(
        '0xfed80000  nothing is known to be there',
        'below   0xfed1c000-0xfed1ffff   16 KiB  Reserved  ends 384 KiB before',
        'above   0xfffc0000-0xffffffff  256 KiB  Reserved  starts 18.3 MiB behind',
        'places  0xfed80000',
      ),
      code: 3,
    })
  })

  it('prints the places alone with --quiet', async () => {
    expect(await onPc('map 0xfe940010 --quiet')).toEqual(
      printed('pci:0000:00:06.0/bar0+0x10', 'iomem:"e1000"+0x10', '0xfe940010'),
    )
  })

  it('prints JSON', async () => {
    expect(JSON.parse((await onPc('map 0xfe940010 --json')).out)).toMatchObject({
      ...{ command: 'map', space: 'memory', address: 0xfe94_0010 },
      regions: [
        { name: 'PCI Bus 0000:00', kind: 'bus', offset: 0x3e94_0010 },
        { name: '0000:00:06.0', driver: 'e1000', offset: 0x10 },
        { name: 'e1000', offset: 0x10 },
      ],
      device: { address: '0000:00:06.0', vendor: 0x8086, device: 0x100e, class: 0x02_0000 },
      places: ['pci:0000:00:06.0/bar0+0x10', 'iomem:"e1000"+0x10', '0xfe940010'],
    })
    expect(JSON.parse((await onPc('map 0x41000000 --json')).out).numaNode).toBe(0)
    const nothing = JSON.parse((await onPc('map 0xfed80000 --json')).out)
    expect(nothing).toMatchObject({
      regions: [],
      below: { name: 'Reserved' },
      above: { size: 0x4_0000 },
    })
  })

  it.each([
    ['0x10 0x20', '0x20 is one argument too many: a second address is taken behind dtb:FILE only'],
    [
      'zzz',
      '"zzz" is not a place: expected an address such as 0xfed00000, or pci:, uio:, iomem:, dt:, dtb:, pid:, kernel:, port:, file:',
    ],
    [
      '0x10000000000',
      "0x10000000000 is beyond this CPU's memory: its addresses have 40 bits (the last is 0xffffffffff)",
    ],
    ['uio:edu/regs+1M', '0x100000 to 0x100000 is not inside uio:edu/regs: expected 0x0 to 0xfffff'],
    ['pci:0000:00:04.0/bar3', '0000:00:04.0 has no BAR 3: it has BAR 0'],
    ['file:./x', './x cannot be opened for reading: there is no such file'],
    [
      'file:package.json',
      'file:package.json has no physical address that is known: a file has none',
    ],
    ['dtb:no.dtb', 'no.dtb cannot be read: there is no such file'],
    ['--target local', '--target means nothing to map: leave it out'],
  ])('refuses %s', async (line, message) => {
    expect(await onPc(`map ${line}`)).toEqual({ code: 2, out: '', err: `physmem: ${message}\n` })
  })
})
