import { afterAll, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { prefixes } from '../../place/schemes/index.ts'
import { addedMemory, vmd } from '../testing/machines.ts'
import { printed, run } from '../testing/run.ts'

const pc = FakeRoot.recorded('x86_64-6.12')
const board = FakeRoot.recorded('aarch64-6.12')
afterAll(() => {
  pc[Symbol.dispose]()
  board[Symbol.dispose]()
})

const onPc = (line: string) => run(line, { root: pc.path })
const onBoard = (line: string) => run(line, { root: board.path })

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
      '           0x02c079c0',
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
  ])('says what memory that was added is: %s', async (address, heading) => {
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
        '        0x09000018',
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
        'above   0xfffc0000-0xffffffff  256 KiB  Reserved  starts 18.3 MiB after',
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
      above: { length: 0x4_0000 },
    })
  })

  it.each([
    ['0x10 0x20', '0x20 is one argument too many: a second address is taken only after dtb:FILE'],
    ['zzz', `"zzz" is not a place: expected an address such as 0xfed00000, or ${prefixes}`],
    [
      '0x10000000000',
      "0x10000000000 is beyond this CPU's memory: its addresses have 40 bits (the last is 0xffffffffff)",
    ],
    ['uio:edu/regs+1M', '0x100000 is not inside uio:edu/regs: expected 0x0 to 0xfffff'],
    ['pci:0000:00:04.0/bar3', '0000:00:04.0 has no BAR 3: it has BAR 0'],
    ['file:./x', './x cannot be opened for reading: there is no such file'],
    ['file:package.json', 'file:package.json has no known physical address: a file has none'],
    ['dtb:no.dtb', 'no.dtb cannot be read: there is no such file'],
  ])('refuses %s', async (line, message) => {
    expect(await onPc(`map ${line}`)).toEqual({ code: 2, out: '', err: `physmem: ${message}\n` })
  })
})
