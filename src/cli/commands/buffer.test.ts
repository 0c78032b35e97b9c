import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AllocateOptions } from '../../buffer/allocate.ts'
import type { Backing } from '../../buffer/backing.ts'
import { PhysicalBuffer } from '../../buffer/buffer.ts'
import type { LocalSystem } from '../../linux/system.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { asking } from '../../refusal/testing/roots.ts'
import { run } from '../testing/run.ts'

/** What the machine gives: no machine of the tests has the module. */
const machine = vi.hoisted(() => ({
  real: true,
  asked: [] as unknown[],
  open: 0,
  highest: 0xffff_ffffn,
}))

function backing({ length, caching = 'write-back', from = 'kmod' }: AllocateOptions): Backing {
  machine.open++
  return {
    from,
    address: 0x7654_0000,
    length: Math.ceil(length / 4096) * 4096,
    caching,
    held: [{ what: 'pinned', result: 'yes', reason: 'it is held' }],
    source: () => expect.unreachable(),
    cache: () => expect.unreachable(),
    reach: () => ({
      dmaAddress: 0xfff0_0000,
      highest: machine.highest,
      source: 'it says',
      iommu: 'nothing translates',
      coherent: false,
    }),
    close: () => {
      machine.open--
    },
  }
}

vi.mock('../../buffer/allocate.ts', async (importActual) => {
  const actual = await importActual<typeof import('../../buffer/allocate.ts')>()
  return {
    allocateBuffer: async (options: AllocateOptions, system: LocalSystem) => {
      if (machine.real) return await actual.allocateBuffer(options, system)
      machine.asked.push(options)
      return new PhysicalBuffer(backing(options), options.belowAddress ?? 0, system.files)
    },
  }
})

let root: FakeRoot
const ended = { signal: AbortSignal.abort() }

beforeEach(() => {
  root = asking(new FakeRoot()).put('proc/modules', '')
  Object.assign(machine, { real: false, asked: [], open: 0, highest: 0xffff_ffffn })
})
afterEach(() => root[Symbol.dispose]())

const buffer = (line: string, options = {}) =>
  run(`buffer ${line}`, { root: root.path, ...ended, ...options })

describe('physmem buffer alloc', () => {
  it('prints the address at once, and holds the buffer until the end', async () => {
    const end = new AbortController()
    const open: number[] = []
    const ran = await buffer('alloc 1M', {
      signal: end.signal,
      onPrint: () =>
        setTimeout(() => {
          open.push(machine.open)
          end.abort()
        }, 20),
    })
    expect(ran).toEqual({
      code: 0,
      out: '0x76540000  1 MiB, write-back, of the kernel module\n',
      err: '',
    })
    expect({ open, after: machine.open }).toEqual({ open: [1], after: 0 })
    const inputEnded = await buffer('alloc 64k -q', { signal: undefined, inputEnd: ended.signal })
    expect(inputEnded).toEqual({ code: 0, out: '0x76540000\n', err: '' })
  })

  it('asks for what was asked for', async () => {
    await buffer('alloc 0x1001 --caching write-combine --below 4G --align 2M')
    expect(machine.asked).toEqual([
      {
        length: 0x1001,
        caching: 'write-combine',
        belowAddress: 2 ** 32,
        alignment: 1 << 21,
        from: 'kmod',
      },
    ])
  })

  it('says how a PCI function reaches it, and whether that is safe', async () => {
    expect(await buffer('alloc 4k --pci 0:4.0')).toEqual({
      code: 0,
      out: [
        '0x76540000  4 KiB, write-back, of the kernel module',
        'safe for DMA by 0000:00:04.0 at 0xfff00000',
        '  pinned      yes      it is held',
        '  limit       yes      it ends at 0xfff00fff; the function reaches up to 0xffffffff (it says)',
        '  iommu       yes      nothing translates',
        '  the function does not snoop the caches: clean and invalidate\n',
      ].join('\n'),
      err: '',
    })
    machine.highest = 0xfffn
    expect((await buffer('alloc 4k --pci 0:4.0')).out).toContain('\nnot safe for DMA by 0000')
    expect((await buffer('alloc 4k --from hugetlb')).out).toContain(
      '4 KiB, write-back, of huge pages\nnot known to be safe for DMA\n  pinned ',
    )
  })

  it('says it in JSON, a document a line', async () => {
    const { out } = await buffer('alloc 5000 --pci 0:4.0 --json')
    expect(JSON.parse(out)).toEqual({
      command: 'buffer',
      address: 0x7654_0000,
      bytes: 8192,
      caching: 'write-back',
      from: 'kmod',
      pci: '0000:00:04.0',
      dma: {
        verdict: 'safe',
        dmaAddress: 0xfff0_0000,
        coherent: false,
        checks: [
          { what: 'pinned', result: 'yes', reason: 'it is held' },
          { what: 'limit', result: 'yes', reason: expect.any(String) },
          { what: 'iommu', result: 'yes', reason: 'nothing translates' },
        ],
      },
    })
  })

  it('runs a program, which finds the address, and passes its exit code on', async () => {
    const check = 'test $PHYSMEM_BUFFER.$PHYSMEM_BUFFER_BYTES.$PHYSMEM_DMA = '
    const words = ['buffer', 'alloc', '4k', '-q', '--pci', '0:4.0', '--', 'sh', '-c']
    const script = `${check}0x76540000.4096.0xfff00000 && exit 42`
    expect(await run([...words, script], { root: root.path })).toEqual({
      code: 42,
      out: '0x76540000\n',
      err: '',
    })
    const missing = await run([...words.slice(0, -2), '/no/such'], { root: root.path })
    expect(missing).toEqual({
      code: 1,
      out: '0x76540000\n',
      err: 'physmem: /no/such cannot be run: there is no such program\n',
    })
    expect(machine.open).toBe(0)
  })

  it('says why there is none', async () => {
    machine.real = true
    expect(await buffer('alloc 1M')).toEqual({
      code: 1,
      out: '',
      err: `physmem: ${root.at('dev/physmem')} cannot be opened for writing: the module of physmem is not loaded (ENOENT)\n  cure: build and load the module: physmem kmod build && physmem kmod load\n`,
    })
    expect(await buffer('alloc 1M --from hugetlb')).toEqual({
      code: 1,
      out: '',
      err: 'physmem: a buffer of 1048576 bytes of huge pages cannot be allocated: the kernel has no huge pages: it was built without CONFIG_HUGETLBFS\n  cure: use a kernel with CONFIG_HUGETLBFS=y, or the kernel module: physmem kmod\n',
    })
  })

  it.each([
    ['free 1M', '"free" is not an action: expected alloc'],
    ['foo', '"foo" is not an action: expected alloc\n'],
    ['1M', '"1M" is not an action: expected alloc, did you mean physmem buffer alloc 1M?'],
    ['alloc', 'the size is missing: physmem buffer alloc SIZE, such as 4k or 1M'],
    ['alloc 1M 2M', '"2M": a command goes after --'],
    ['alloc 1M 2M -- true', '"2M": a command goes after --'],
    ['alloc 0', 'a buffer of 0 bytes: expected 1 to 4503599627370496'],
    ['alloc 8388608G', '8388608G is too large for a length: the largest is 0x10000000000000'],
    ['alloc 4k --below 1k', 'a buffer of 4096 bytes does not fit below 0x00000400'],
    [
      'alloc 4k --below 0',
      'a buffer below 0x0: expected an address from 0x1 to 0x1fffffffffffff, or nothing for no limit',
    ],
    ['alloc 4k --align 0', 'an alignment of 0x0: expected a power of two, up to 0x10000000000000'],
    ['alloc 4k --align 3', 'an alignment of 0x3: expected a power of two, up to 0x10000000000000'],
    ['alloc 4k --caching cached', '"cached" is not a caching: expected write-back'],
    ['alloc 4k --from cma', '"cma" is not an origin: expected kmod or hugetlb'],
    ['alloc 4k --pci 4.0', '"4.0" is not the address of a PCI function'],
    ['alloc 4k --caching uncached --from hugetlb', 'huge pages are mapped write-back only'],
  ])('refuses %s', async (line, message) => {
    machine.real = true
    const ran = await buffer(line)
    expect(ran).toMatchObject({ code: 2, out: '' })
    expect(ran.err).toContain(`physmem: ${message}`)
  })
})
