import { rmSync, truncateSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { loadAddon } from '../engine/addon.ts'
import { ProcessTranslator } from './process-translator.ts'
import { entries, FakeMachine } from './testing/fake-process.ts'

const { pageSize } = loadAddon()
const page = (number: number) => (number * pageSize).toString(16).padStart(8, '0')

/** A line of maps for the pages [first, end). */
function line(first: number, end: number, rest: string): string {
  return `${page(first)}-${page(end)} ${rest}`
}

const shownAt = (address: bigint) => `0x${address.toString(16).padStart(12, '0')}`
const shown = (number: number) => shownAt(BigInt(number * pageSize))
const hex = (value: number) => value.toString(16).padStart(8, '0')

/** What maps shows of a mapped BAR. */
function bar(root: FakeMachine, device: string, name: string): string {
  const path = `/sys/devices/pci0000:00/${device}/${name}`
  return root.device(path, `sys/bus/pci/devices/${device}/${name}`)
}

/** A BAR of 256 bytes that begins inside of a page. */
const small = 0xfd00_0100

const maps = (root: FakeMachine) => [
  line(16, 32, 'rw-p 00000000 00:00 0 '),
  line(40, 48, 'r--p 00002000 08:01 77                         /usr/lib/libx.so'),
  line(48, 56, '---p 00000000 00:00 0 '),
  line(64, 72, `rw-s 20000000 ${root.device('/dev/mem')}`),
  line(72, 74, `rw-s ${hex(0xfe00_0000 + pageSize)} ${bar(root, '0000:00:04.0', 'resource0')}`),
  line(76, 78, `rw-s f0000000 ${bar(root, '0000:00:04.0', 'resource2_wc')}`),
  line(78, 79, `rw-s ${hex(small - (small % pageSize))} ${bar(root, '0000:00:04.0', 'resource4')}`),
  line(80, 81, `rw-s ${page(1)} ${root.device('/dev/uio3')}`),
  line(84, 86, `rw-s ${page(1)} ${root.device('/dev/udmabuf0')}`),
  line(86, 87, `rw-s ${page(0)} ${root.device('/dev/image_buf0')}`),
  line(87, 89, `rw-s 30000000 ${root.device('/dev/physmem')}`),
  line(90, 92, 'r--p 00000000 00:00 0                          [vvar]'),
  line(96, 98, 'rw-s 00000000 00:01 5                          /dev/shm/x'),
]

describe('a virtual address', () => {
  let root: FakeMachine
  let translator: ProcessTranslator

  beforeEach(() => {
    root = new FakeMachine().reader()
    root.process(1234, maps(root), {
      16: entries.present(0x12345),
      17: entries.swap(2, 0x1234),
      18: entries.guard,
      20: entries.swap(23, 0x777),
      21: entries.swap(24, 0x778),
      22: entries.swap(27, 0x779),
      23: entries.swap(31, 2),
      24: entries.swap(31, 1),
      25: entries.swap(31, 8),
      26: entries.hiddenPresent,
    })
    root.put('proc/sys/kernel/osrelease', '6.12.0\n')
    const options = ['MEMORY_FAILURE', 'MIGRATION', 'DEVICE_PRIVATE']
    root.put('boot/config-6.12.0', options.map((name) => `CONFIG_${name}=y\n`).join(''))
    translator = new ProcessTranslator(1234, root.system)
  })
  afterEach(() => {
    translator.close()
    root[Symbol.dispose]()
  })

  const at = (number: number, offset = 0) => BigInt(number * pageSize + offset)
  const error = (virtual: bigint): PhysmemError => {
    try {
      translator.translate(virtual)
    } catch (thrown) {
      return thrown as PhysmemError
    }
    throw new Error('nothing was thrown')
  }

  it('of a page in RAM is in its frame', () => {
    const found = translator.translate(at(16, 0x123))
    expect(found).toMatchObject({ address: 0x12345 * pageSize + 0x123, by: 'pagemap' })
    expect(found.length).toBe(pageSize - 0x123)
  })

  it.each([
    ['swapped', 17, 'ESWAPPED', 'its page is in swap: area 2, page 0x1234 of it'],
    ['in a guard region', 18, 'EGUARD', 'it is in a guard region (MADV_GUARD_INSTALL)'],
    ['never touched', 19, 'ENOTPRESENT', 'no page is there yet: it was never touched'],
    ['broken', 20, 'EHWPOISON', 'its memory is broken (frame 0x777, hwpoison)'],
    ['moved', 21, 'EMIGRATING', 'its page is being moved to another frame'],
    [
      'of a graphics card',
      22,
      'EDEVICEPAGE',
      'its page is in the memory of a device, such as a GPU',
    ],
    ['poisoned', 23, 'EHWPOISON', 'its page was poisoned (UFFDIO_POISON)'],
    ['watched', 24, 'ENOTPRESENT', 'no page is there; userfaultfd watches it'],
    [
      'of an unknown kind',
      25,
      'ENOPHYSICAL',
      'its page table entry is of an unknown kind (type 31, offset 0x8)',
    ],
    [
      'of a file, not used yet',
      40,
      'ENOTPRESENT',
      'this process has no page of /usr/lib/libx.so there yet',
    ],
    [
      'closed',
      48,
      'ENOTPRESENT',
      `no page is there: the mapping allows no access (${shown(48)}..${shown(56)} ---p anonymous)`,
    ],
    [
      'of shared memory, and away',
      96,
      'ENOTPRESENT',
      'this process has no page of /dev/shm/x there: never touched by it, or swapped out',
    ],
    [
      'below everything',
      2,
      'EUNMAPPED',
      `it is outside of every mapping; above it is ${shown(16)}..${shown(32)} rw-p anonymous`,
    ],
    [
      'between mappings',
      34,
      'EUNMAPPED',
      `it is outside of every mapping; below it is ${shown(16)}..${shown(32)} rw-p anonymous, above it is ${shown(40)}..${shown(48)} r--p /usr/lib/libx.so`,
    ],
  ] as const)('%s has none, and its error says so', (_, number, code, reason) => {
    const { code: thrown, message } = error(at(number, 8))
    expect({ code: thrown, message }).toEqual({
      code,
      message: `${shownAt(at(number, 8))} of process 1234 has no physical address: ${reason}`,
    })
  })

  it.each([0x8000_0000_0000n, 0x10_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn])(
    'of %d, beyond what a process can have, is in no mapping of one that lives',
    (virtual) => {
      const last = `${shown(96)}..${shown(98)}`
      expect(error(virtual)).toMatchObject({
        code: 'EUNMAPPED',
        message: `${shownAt(virtual)} of process 1234 has no physical address: it is outside of every mapping; below it is ${last} rw-s /dev/shm/x`,
      })
    },
  )

  it('of the kernel is not an address of the process', () => {
    expect(error(0xffff_8880_0000_0000n)).toMatchObject({
      code: 'EKERNELHALF',
      message:
        '0xffff888000000000 of process 1234 has no physical address: it belongs to the kernel, not to the process',
      data: { cure: 'ask for it as an address of the kernel: kernel:0xffff888000000000' },
    })
  })

  it.skipIf(process.arch !== 'x64')('of the vsyscall page is named', () => {
    expect(error(0xffff_ffff_ff60_0400n).message).toBe(
      '0xffffffffff600400 of process 1234 has no physical address: it is the vsyscall page, which belongs to the kernel, not to the process',
    )
  })

  describe('is hidden', () => {
    it('without CAP_SYS_ADMIN', () => {
      root.reader({ admin: false })
      expect(error(at(26))).toMatchObject({
        code: 'EHIDDEN',
        message: `${shown(26)} of process 1234 cannot be looked up: the kernel hides frames from this process: it lacks the capability CAP_SYS_ADMIN`,
        data: {
          cure: 'start the process, or its container, with CAP_SYS_ADMIN: its bounding set lacks it',
          evidence: [{ file: '/proc/self/status', line: 'CapEff:\t000001ffffdfffff' }],
        },
      })
    })

    it('in a user namespace, however many capabilities there are', () => {
      root.reader({ initial: false })
      expect(error(at(26))).toMatchObject({
        code: 'EHIDDEN',
        message: `${shown(26)} of process 1234 cannot be looked up: the kernel hides frames from this process: it is in a user namespace, where capabilities do not count for them`,
        data: { evidence: [{ file: '/proc/self/uid_map', line: '0 1000 1' }] },
      })
    })
  })

  describe('of device memory is resolved from its mapping:', () => {
    beforeEach(() => {
      root.pci(
        '0000:00:04.0',
        `0xfe000000 0x${hex(0xfe00_0000 + 4 * pageSize - 1)} 0x40200`,
        '0x0000000000000000 0x0000000000000000 0x0000000000000000',
        '0x00000000f0000000 0x00000000f000ffff 0x000000000014220c',
        '0x0000000000000000 0x0000000000000000 0x0000000000000000',
        `0x${hex(small)} 0x${hex(small + 255)} 0x0000000000040200`,
      )
      root
        .uio(3, 'edu')
        .uioMap(3, 1, { name: 'regs', addr: '0xfc000010', offset: '0x10', size: '0x100' })
      root.put('sys/class/u-dma-buf/udmabuf0/phys_addr', '0x0000000002200000\n')
      root.put('sys/class/u-dma-buf/udmabuf0/size', '1048576\n')
      root.put('sys/class/u-dma-buf/image_buf0/phys_addr', '0x0000000070000000\n')
      root.put('sys/class/u-dma-buf/image_buf0/size', '1048576\n')
    })

    it.each([
      ['/dev/mem', 65, 0x2000_0000 + pageSize + 8, '/dev/mem'],
      ['/dev/physmem', 88, 0x3000_0000 + pageSize + 8, '/dev/physmem'],
      ['a BAR from its second page', 73, 0xfe00_0000 + 2 * pageSize + 8, 'BAR 0 of 0000:00:04.0'],
      ['a BAR, combining writes', 77, 0xf000_0000 + pageSize + 8, 'BAR 2 of 0000:00:04.0'],
      ['a BAR inside of a page', 78, small - (small % pageSize) + 8, 'BAR 4 of 0000:00:04.0'],
      ['UIO, where the offset is the number of a map', 80, 0xfc00_0000 + 8, 'map 1 (regs) of uio3'],
      ['u-dma-buf with a name of its own', 86, 0x7000_0000 + 8, 'the buffer image_buf0'],
      ['u-dma-buf', 85, 0x220_0000 + 2 * pageSize + 8, 'the buffer udmabuf0'],
    ])('%s', (_, number, address, source) => {
      expect(translator.translate(at(number, 8))).toMatchObject({ address, by: 'mapping', source })
    })

    /** As if the process had mapped this at page 64, and nothing else. */
    const maps64 = (what: string, flags: string) => {
      const one = line(64, 66, `rw-s ${what}`)
      root.process(1234, [one], {}, { smaps: `${one}\nVmFlags: ${flags} \n` })
    }
    const registers = 'rd wr sh pf io'

    it.each([
      ['of a disk', '/home/eve/0000:00:04.0/resource0'],
      ['of a disk', '/home/eve/sys/devices/pci0000:00/0000:00:04.0/resource0'],
      ['of another tree of sysfs', '/sys/devices/pci0000:00/0000:00:04.0/resource0'],
      ['of another mount namespace', '/dev/mem'],
      ['of another mount namespace', '/dev/uio3'],
      ['of another mount namespace', '/dev/udmabuf0'],
    ])('a file %s is none, though it is called %s', (_, path) => {
      for (const flags of ['rd wr sh', registers]) {
        maps64(`fe000000 08:01 4711 ${path}`, flags)
        const code = flags === registers ? 'ENOPHYSICAL' : 'ENOTPRESENT'
        expect(error(at(64, 8))).toMatchObject({ code })
      }
    })

    it('the right file is none where the mapping is not one of frames alone', () => {
      maps64(`20000000 ${root.device('/dev/mem')}`, 'rd wr sh')
      expect(error(at(64))).toMatchObject({ code: 'ENOTPRESENT' })
      maps64(`20000000 ${root.device('/dev/mem')}`, registers)
      expect(translator.translate(at(64)).address).toBe(0x2000_0000)
    })

    it.each([
      ['a BAR', () => `f0000000 ${bar(root, '0000:00:04.0', 'resource0')}`],
      ['a BAR', () => `00001000 ${bar(root, '0000:00:04.0', 'resource0')}`],
      ['a map of UIO', () => `${page(1)} ${root.device('/dev/uio3')}`],
      ['a buffer', () => `000ff000 ${root.device('/dev/udmabuf0')}`],
    ])('nothing beyond the end of %s', (_, what) => {
      maps64(what(), registers)
      expect(error(at(65))).toMatchObject({ code: 'ENOPHYSICAL' })
    })

    it('no buffer behind an IOMMU, whose address is one for the device', () => {
      const group = '../../../kernel/iommu_groups/7'
      root.link('sys/class/u-dma-buf/image_buf0/device/iommu_group', group)
      root.put('sys/kernel/iommu_groups/7/type', 'DMA\n')
      expect(error(at(86))).toMatchObject({
        code: 'ENOPHYSICAL',
        message: `${shown(86)} of process 1234 has no physical address: image_buf0 is behind an IOMMU (group 7), so 0x70000000, its phys_addr, is an address for its device only`,
      })
    })

    it('nothing where smaps cannot be read', () => {
      rmSync(root.at('proc/1234/smaps'))
      root.folder('proc/1234/smaps')
      const { code, message } = error(at(65))
      expect(code).toBe('ENOPHYSICAL')
      expect(message).toContain(
        `${shown(65)} of process 1234 has no physical address: only smaps says whether /dev/mem is memory of a device: /proc/1234/smaps cannot be read`,
      )
    })

    it('and what cannot be resolved says so', () => {
      const smaps = `${line(90, 92, 'r--p 00000000 00:00 0                          [vvar]')}\nVmFlags: rd mr pf io de dd \n`
      root.put('proc/1234/smaps', smaps)
      expect(error(at(91))).toMatchObject({
        code: 'ENOPHYSICAL',
        message: `${shown(91)} of process 1234 has no physical address: [vvar] maps frames of a device or of the kernel, and nothing says which (VmFlags pf)`,
      })
    })
  })

  it('of a process that has ended meanwhile is no more', () => {
    truncateSync(root.at('proc/1234/pagemap'), 0)
    rmSync(root.at('proc/1234/stat'))
    expect(error(at(16))).toMatchObject({
      code: 'ENOPROCESS',
      message:
        'the memory of process 1234 cannot be looked up: there is no such process (any more)',
    })
  })

  it('of a process that runs another program says so', () => {
    truncateSync(root.at('proc/1234/pagemap'), 0)
    expect(error(at(16)).message).toBe(
      'the memory of process 1234 cannot be looked up: its memory is gone: it has ended, or runs another program now',
    )
  })

  it('cannot be asked for after close()', () => {
    translator.close()
    expect(error(at(16))).toMatchObject({
      code: 'ECLOSED',
      message: 'the pagemap of process 1234 is used after close()',
    })
  })
})

describe('a process', () => {
  const opening = (pid: number, root: FakeMachine): PhysmemError => {
    try {
      new ProcessTranslator(pid, root.system).close()
    } catch (thrown) {
      return thrown as PhysmemError
    }
    throw new Error('nothing was thrown')
  }
  const what = (pid: number) => `the memory of process ${pid} cannot be looked up`

  it('that does not exist has no memory', () => {
    using root = new FakeMachine()
    expect(opening(7, root)).toMatchObject({
      code: 'ENOPROCESS',
      message: `${what(7)}: there is no such process (any more)`,
    })
  })

  it('cannot be looked into where the kernel has no pagemap', () => {
    using root = new FakeMachine().process(7, [])
    rmSync(root.at('proc/7/pagemap'))
    root.put('proc/sys/kernel/osrelease', '6.12.0\n')
    root.put('boot/config-6.12.0', 'CONFIG_X=y\n# CONFIG_PROC_PAGE_MONITOR is not set\n')
    expect(opening(7, root)).toMatchObject({
      code: 'ENOPAGEMAP',
      message: `${what(7)}: the kernel was built without CONFIG_PROC_PAGE_MONITOR (ENOENT)`,
      data: {
        evidence: [{ file: '/boot/config-6.12.0', line: '# CONFIG_PROC_PAGE_MONITOR is not set' }],
      },
    })
  })

  it('that is a thread of the kernel has none: before 6.12 pagemap opens, and is empty', () => {
    using root = new FakeMachine().process(2, [], {}, { name: 'kthreadd', flags: 0x208040 })
    truncateSync(root.at('proc/2/pagemap'), 0)
    using translator = new ProcessTranslator(2, root.system)
    expect(() => translator.translate(0x1000n)).toThrow(
      `${what(2)}: it is a thread of the kernel (kthreadd), which has no memory of its own`,
    )
  })

  it('that is a zombie has none', () => {
    using root = new FakeMachine().process(9, [], {}, { state: 'Z' })
    truncateSync(root.at('proc/9/pagemap'), 0)
    using translator = new ProcessTranslator(9, root.system)
    expect(() => translator.translate(0x1000n)).toThrow(
      `${what(9)}: it has ended, and its parent has not reaped it yet (a zombie)`,
    )
  })
})
