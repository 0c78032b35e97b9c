import { mkdirSync, readFileSync, statSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { loadAddon } from '../engine/addon.ts'
import { describeAddress } from '../inventory/describe.ts'
import { readInventory } from '../inventory/inventory.ts'
import { virtFile } from '../linux/device-tree/testing/virt.ts'
import { OwnerIndex, type OwnersReport, owners } from './index.ts'
import { Pagemap } from './pagemap.ts'
import { entries, FakeMachine, flagBits } from './testing/fake-process.ts'

const { pageSize } = loadAddon()
const hex = (page: number) => (page * pageSize).toString(16).padStart(8, '0')
const iomem = [
  '00000000-3fffffff : System RAM',
  '  01000000-01ffffff : Kernel code',
  'fe000000-fe0fffff : PCI Bus 0000:00',
  '  fe000000-fe003fff : 0000:00:04.0',
]

function machine(): FakeMachine {
  const root = new FakeMachine().reader()
  root.put('proc/iomem', iomem.map((line) => `${line}\n`).join(''))
  return root
}

/** Who owns each frame, in one line each. */
function shown({ frames }: OwnersReport): string[][] {
  return frames.map(({ owners }) =>
    owners.map(({ pid, process, virtual, mapping, fileOffset, by }) =>
      [pid, process, Number(virtual) / pageSize, mapping.path, fileOffset ?? '-', by].join(' '),
    ),
  )
}

describe('owners', () => {
  it.each([
    ['6.12.1', 0, 'anonymous memory of processes'],
    ['6.12.1', 1, 'anonymous memory, perhaps shared by equal content (KSM)'],
    ['6.1.0', 1, 'anonymous memory, shared by equal content (KSM)'],
  ])('of an anonymous page, on %s with %s KSM pages: %s', async (release, shared, state) => {
    using root = machine()
      .put('proc/sys/kernel/osrelease', release)
      .put('sys/kernel/mm/ksm/pages_shared', `${shared}\n`)
      .frames('kpagecount', { 1281: 0n })
      .frames('kpageflags', { 1281: flagBits.anon | flagBits.ksm })
    const { frames } = await owners([1281 * pageSize], {}, root.system)
    expect(frames[0]?.state).toBe(state)
  })

  it('are the processes that map a frame, wherever they do', async () => {
    using root = machine()
      .process(10, [`${hex(16)}-${hex(20)} r--p 00004000 08:01 77 /lib/x`], {
        16: entries.present(0x500),
        17: entries.present(0x501),
      })
      .process(
        20,
        [
          `${hex(1000)}-${hex(1001)} r--p 00005000 08:01 77 /lib/x`,
          `${hex(2000)}-${hex(2001)} rw-p 00000000 00:00 0 `,
        ],
        { 1000: entries.present(0x501), 2000: entries.present(0x502) },
        { name: 'other (1)' },
      )
      .process(30, [`${hex(16)}-${hex(17)} rw-p 00000000 00:00 0 `], { 16: entries.swap(0, 0x501) })
      .frames('kpagecount', { 1281: 2n, 1282: 1n })
      .frames('kpageflags', { 1281: flagBits.lru | flagBits.mmap, 1282: flagBits.anon })
    const asked = [0x501, 0x502].map((frame) => frame * pageSize + 5)
    const report = await owners([...asked, asked[0] as number], {}, root.system)
    expect(shown(report)).toEqual([
      [
        `10 victim 17 /lib/x ${0x4000 + pageSize} pagemap`,
        '20 other (1) 1000 /lib/x 20480 pagemap',
      ],
      ['20 other (1) 2000  - pagemap'],
    ])
    expect(report.frames.map(({ state, mapCount }) => [state, mapCount])).toEqual([
      ['contents of a file (page cache)', 2],
      ['anonymous memory of processes', 1],
    ])
    expect(report).toMatchObject({ pageSize, skipped: [], searched: true })
  })

  it('are found for device memory, of which no page table tells', async () => {
    using root = machine()
    root.pci('0000:00:04.0', '0x00000000fe000000 0x00000000fe003fff 0x0000000000040200')
    const bar = '/sys/devices/pci0000:00/0000:00:04.0/resource0'
    const inSysfs = root.device(bar, 'sys/bus/pci/devices/0000:00:04.0/resource0')
    root
      .process(10, [`${hex(16)}-${hex(20)} rw-s fe001000 ${root.device('/dev/mem')}`])
      .process(11, [`${hex(8)}-${hex(9)} rw-s fe002000 ${inSysfs}`])
      // Files of the same names are none.
      .process(12, [`${hex(8)}-${hex(9)} rw-s fe002000 08:01 9 /dev/mem`])
      .process(13, [`${hex(8)}-${hex(9)} rw-s fe002000 08:01 9 ${bar}`])
    const report = await owners([0xfe00_2000], {}, root.system)
    const inMem = 16 + 0x1000 / pageSize
    expect(shown(report)).toEqual([
      [
        `10 victim ${inMem} /dev/mem ${0xfe00_2000} mapping`,
        `11 victim 8 /sys/devices/pci0000:00/0000:00:04.0/resource0 ${0xfe00_2000} mapping`,
      ],
    ])
    expect(report.frames[0]?.state).toBe('not RAM: PCI Bus 0000:00, 0000:00:04.0')
  })

  it.each([
    ['System RAM (kmem)', ['CXL Window 0', 'region0', 'dax0.0', 'System RAM (kmem)']],
    ['System RAM (kmem)', ['Persistent Memory', 'namespace0.0', 'dax0.0', 'System RAM (kmem)']],
    ['System RAM (kmem)', ['Soft Reserved', 'hmem.0', 'dax0.0', 'System RAM (kmem)']],
    ['System RAM (virtio_mem)', ['virtio0', 'System RAM (virtio_mem)']],
    ['System RAM', ['System RAM', 'Kernel data']],
  ])('know RAM that was added, such as %s in %s', async (_, names) => {
    using root = machine()
      .put(
        'proc/iomem',
        names.map((name, depth) => `${'  '.repeat(depth)}20000000-2fffffff : ${name}\n`).join(''),
      )
      .frames('kpagecount', {})
      .frames('kpageflags', { [0x2000_0000 / pageSize]: flagBits.buddy })
    const { frames } = await owners([0x2000_0000], {}, root.system)
    expect(frames[0]).toMatchObject({ state: 'free', resources: names })
  })

  it('know that persistent memory that is used as a disk, and an empty window, are none', async () => {
    using root = machine().put(
      'proc/iomem',
      '20000000-2fffffff : Persistent Memory\n  20000000-2fffffff : namespace0.0\n' +
        '30000000-3fffffff : CXL Window 0\n',
    )
    const { frames } = await owners([0x2000_0000, 0x3000_0000], {}, root.system)
    expect(frames.map(({ state }) => state)).toEqual([
      'not RAM: Persistent Memory, namespace0.0',
      'not RAM: CXL Window 0',
    ])
  })

  it('are those of what was asked, where a page holds several things', async () => {
    const at = (offset: number) => 0x2000_0000 + offset
    const name = (from: number, to: number) => `${at(from).toString(16)}-${at(to).toString(16)}`
    using root = machine().put(
      'proc/iomem',
      `${name(0, pageSize - 1)} : PCI Bus 0000:00\n  ${name(0, 0xff)} : 0000:00:04.0\n` +
        `  ${name(0x100, 0x1ff)} : 0000:00:05.0\n`,
    )
    const states = async (...asked: number[]) =>
      (await owners(asked.map(at), {}, root.system)).frames.map(({ state }) => state)
    expect(await states(0x110)).toEqual(['not RAM: PCI Bus 0000:00, 0000:00:05.0'])
    expect(await states(0x110, 0x10)).toEqual([
      'not RAM: PCI Bus 0000:00, 0000:00:05.0, 0000:00:04.0',
    ])
    expect(await states(0x300)).toEqual(['not RAM: PCI Bus 0000:00'])
  })

  it('of the zero page are not looked up, which is said', async () => {
    using root = machine()
      .process(10, [`${hex(16)}-${hex(17)} r--p 00000000 00:00 0 `], { 16: entries.present(0x600) })
      .frames('kpagecount', {})
      .frames('kpageflags', { 1536: flagBits.zero | flagBits.reserved })
    const report = await owners([0x600 * pageSize], {}, root.system)
    expect(report.frames[0]).toMatchObject({ zeroPage: true, owners: [] })
    expect(report.frames[0]).not.toHaveProperty('mapCount')
    expect(report.searched).toBe(false)
  })

  it.each([
    ['free', flagBits.buddy, 0x600, 'free'],
    ['slab', flagBits.slab, 0x600, "the kernel's own objects (slab)"],
    ['of the kernel', flagBits.reserved, 0x100_0000 / pageSize, 'reserved: Kernel code'],
    ['reserved', flagBits.reserved, 0x600, 'reserved: kernel, firmware or a driver'],
    ['of no kind', 0n, 0x600, 'kernel memory of a kind that is not reported'],
    ['nothing', 0n, 0x3fff_ffff_f000 / pageSize, 'nothing that the kernel knows of'],
  ])('are none where a frame is %s, and what it is is said', async (_, flags, frame, state) => {
    using root = machine()
      .process(10, [`${hex(16)}-${hex(17)} rw-p 00000000 00:00 0 `], {
        // What the kernel does not count as mapped is not looked for.
        16: entries.present(Math.min(frame, 0x1000)),
      })
      .frames('kpagecount', {})
      .frames('kpageflags', { 1536: flags, [0x100_0000 / pageSize]: flags })
    const report = await owners([frame * pageSize], {}, root.system)
    expect(report.frames[0]).toMatchObject({ state, owners: [] })
  })

  it('are none of RAM that the kernel was told to leave alone, and it is what map has', async () => {
    using root = machine()
    root.put('proc/iomem', '40000000-657fffff : System RAM\n')
    root.put('sys/firmware/fdt', readFileSync(virtFile)) // RAM from 0x40000000 to 0x6fffffff.
    const state = 'RAM that the kernel does not use: memory@40000000'
    const { frames } = await owners([0x6800_0000], {}, root.system)
    expect(frames).toMatchObject([{ state, owners: [] }])
    const { found } = describeAddress(await readInventory(root.system), 0x6800_0000)
    expect(found.map(({ region }) => region.name)).toEqual(['memory@40000000'])
    const behind = await owners([0x7000_0000], {}, root.system)
    expect(behind.frames).toMatchObject([{ state: 'nothing that the kernel knows of' }])
  })

  it.each([0n, flagBits.reserved])(
    'are none of such RAM by the map of the firmware: %s',
    async (flags) => {
      using root = machine().frames('kpageflags', { [0x3000_0000 / pageSize]: flags })
      root.put('proc/iomem', '00000000-0fffffff : System RAM\n')
      const map = { start: '0x20000000', end: '0x3fffffff', type: 'System RAM' }
      for (const [file, text] of Object.entries(map)) {
        root.put(`sys/firmware/memmap/0/${file}`, `${text}\n`)
      }
      const { frames } = await owners([0x3000_0000], {}, root.system)
      expect(frames).toMatchObject([{ state: 'RAM that the kernel does not use: System RAM' }])
    },
  )

  it('are not searched for the zero page', async () => {
    using root = machine()
      .process(10, [`${hex(16)}-${hex(17)} rw-p 00000000 00:00 0 `], { 16: entries.present(3) })
      .frames('kpageflags', { 3: flagBits.zero | flagBits.reserved })
    const report = await owners([3 * pageSize], {}, root.system)
    expect(report).toMatchObject({
      searched: false,
      frames: [{ state: 'the zero page, which all processes share', owners: [] }],
    })
  })

  it('know the cgroup of a frame by its inode', async () => {
    using root = machine()
    mkdirSync(root.at('sys/fs/cgroup/system.slice/ssh.service'), { recursive: true })
    const { ino } = statSync(root.at('sys/fs/cgroup/system.slice/ssh.service'), { bigint: true })
    root.frames('kpagecgroup', { 5: ino, 6: 1n, 7: 0n })
    const report = await owners(
      [5, 6, 7].map((frame) => frame * pageSize),
      {},
      root.system,
    )
    expect(report.frames.map(({ cgroup }) => cgroup)).toEqual([
      '/system.slice/ssh.service',
      undefined,
      undefined,
    ])
  })

  it('are refused where the kernel hides frames', async () => {
    using root = machine()
      .reader({ admin: false })
      .process(10, [`${hex(16)}-${hex(17)} rw-p 00000000 00:00 0 `], { 16: entries.hiddenPresent })
    await expect(owners([0x1000], {}, root.system)).rejects.toMatchObject({
      code: 'EHIDDEN',
      message:
        'owners cannot be looked up: the kernel hides frames from this process: it lacks the capability CAP_SYS_ADMIN',
    })
  })

  it('tell how far they are, and can be stopped', async () => {
    using root = machine().process(10, []).process(11, [])
    const seen: number[][] = []
    const onProgress = (...step: number[]) => seen.push(step)
    await owners([0x1000], { onProgress }, root.system)
    expect(seen).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ])
    const signal = AbortSignal.abort(new Error('stopped'))
    await expect(owners([0x1000], { signal }, root.system)).rejects.toThrow('stopped')
  })

  it('can be stopped in the middle of one process', async () => {
    const far = 2 ** 30 / pageSize / 256
    const lines = Array.from(
      { length: 200 },
      (_, at) => `${hex(far * at)}-${hex(far * at + 1)} rw-p 00000000 00:00 0 `,
    )
    using root = machine().process(10, lines)
    for (const look of [
      (signal: AbortSignal) => owners([0x1000], { signal }, root.system),
      (signal: AbortSignal) => OwnerIndex.build({ signal }, root.system),
    ]) {
      const stop = new AbortController()
      const { read } = Pagemap.prototype
      let reads = 0
      const slow = vi.spyOn(Pagemap.prototype, 'read').mockImplementation(function (
        this: Pagemap,
        ...asked
      ) {
        reads++
        if (reads === 3) stop.abort(new Error('stopped'))
        return read.apply(this, asked)
      })
      await expect(look(stop.signal)).rejects.toThrow('stopped')
      slow.mockRestore()
      expect(reads).toBe(3)
    }
  })

  it('are asked for by physical addresses', async () => {
    await expect(owners([-1])).rejects.toThrow('-1 is not a physical address')
    await expect(owners([0.5])).rejects.toThrow('0.5 is not a physical address')
  })
})

describe('the index', () => {
  it('knows the owners that a search finds, whatever is mapped where', async () => {
    const frame = fc.integer({ min: 1, max: 12 })
    const pages = fc.array(fc.option(frame), { maxLength: 24 })
    await fc.assert(
      fc.asyncProperty(fc.array(pages, { minLength: 1, maxLength: 4 }), async (processes) => {
        using root = machine()
        for (const [index, frames] of processes.entries()) {
          const words = frames.flatMap((one, at) => (one ? [[16 + at, entries.present(one)]] : []))
          root.process(
            10 + index,
            [`${hex(16)}-${hex(48)} rw-p 00000000 00:00 0 `],
            Object.fromEntries(words),
          )
        }
        const index = await OwnerIndex.build({}, root.system)
        for (let wanted = 0; wanted <= 13; wanted++) {
          const searched = await owners([wanted * pageSize], {}, root.system)
          expect(index.lookup(wanted)).toEqual(searched.frames[0]?.owners)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('holds pages that follow each other in one frame as one run', async () => {
    using root = machine().process(10, [`${hex(16)}-${hex(24)} rw-p 00000000 00:00 0 `], {
      17: entries.present(3),
      18: entries.present(3),
      19: entries.present(3),
    })
    const index = await OwnerIndex.build({}, root.system)
    expect(index.runs).toBe(1)
    const pages = index.lookup(3).map(({ virtual }) => Number(virtual) / pageSize)
    expect(pages).toEqual([17, 18, 19])
    expect([2, 4].flatMap((frame) => index.lookup(frame))).toEqual([])
  })
})
