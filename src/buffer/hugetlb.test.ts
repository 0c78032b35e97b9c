import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HugePages } from '../engine/addon.ts'
import type { PageEntry } from '../linux/pagemap.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { asking } from '../refusal/testing/roots.ts'
import { PhysicalBuffer } from './buffer.ts'
import { allocateHugePages, type HugePageMaker } from './hugetlb.ts'

const MIB = 1 << 20
const PAGE = 2 * MIB
const PCI = '0000:00:04.0'
const folder = 'sys/kernel/mm/hugepages'
const marks = { softDirty: false, exclusive: true, uffdWp: false, guard: false, filePage: true }

let root: FakeRoot
/** The pages that are free, by their addresses in MiB: taken from the front, and given back to it. */
let free: number[]
/** By virtual addresses. */
let mapped: Map<bigint, number>
let hidden = false
let state: { open: number; made: [length: number, shift: number][]; cached: unknown[] }
let pinned = true

beforeEach(() => {
  root = asking(new FakeRoot()).put('pages', new Uint8Array(3 * PAGE))
  free = [512]
  mapped = new Map()
  hidden = false
  state = { open: 0, made: [], cached: [] }
  pinned = true
  pool('hugepages-2048kB', 8, 8)
})
afterEach(() => root[Symbol.dispose]())

function pool(name: string, total: number, free: number): void {
  root.put(`${folder}/${name}/nr_hugepages`, `${total}\n`)
  root.put(`${folder}/${name}/free_hugepages`, `${free}\n`)
  root.put(`${folder}/${name}/resv_hugepages`, '0\n')
}

const maker: HugePageMaker = {
  make: (length, pageShift) => {
    const pageBytes = 2 ** pageShift
    const count = Math.ceil(length / pageBytes)
    const address = 0x7f00_0000_0000n + BigInt(state.made.length) * 2n ** 40n
    if (free.length < count) {
      throw Object.assign(new Error('mmap failed'), { errno: constants.errno.ENOMEM })
    }
    state.made.push([length, pageShift])
    state.open++
    const taken = free.splice(0, count)
    const virtual = (at: number) => address + BigInt(at * pageBytes)
    for (const [at, start] of taken.entries()) mapped.set(virtual(at), start)
    const fd = openSync(root.at('pages'), 'r+')
    const pages: HugePages = {
      fd,
      address,
      length: count * pageBytes,
      pageBytes,
      locked: true,
      pinned,
      cache: (...asked) => {
        state.cached.push(asked)
        return true
      },
      close: () => {
        state.open--
        closeSync(fd)
        for (const start of taken) free.unshift(start)
      },
    }
    return pages
  },
  entries: (addresses) => {
    const entries = addresses.map((address): PageEntry => {
      if (hidden) return { kind: 'hidden', present: true, ...marks }
      const mib = mapped.get(address)
      if (mib === undefined) throw new Error(`nothing is at ${address}`)
      return { kind: 'present', frame: (mib * MIB) / 4096, ...marks }
    })
    return { entries, pageBytes: 4096 }
  },
}

function allocate(length: number, below = 0, alignment = 0): PhysicalBuffer {
  const wanted = { length, caching: 'write-back', below, alignment } as const
  return new PhysicalBuffer(allocateHugePages(wanted, root.system, maker), below, root.files)
}

describe('a buffer of huge pages', () => {
  it('has the address of its page', () => {
    {
      using buffer = allocate(1000)
      expect(buffer).toMatchObject({
        from: 'hugetlb',
        physicalAddress: 512 * MIB,
        length: PAGE,
        caching: 'write-back',
      })
      expect(state.made).toEqual([[1000, 21]])
      buffer.window.write32(PAGE - 4, 7)
      expect(buffer.window.read32(PAGE - 4)).toBe(7)
    }
    expect(state.open).toBe(0)
  })

  it('is of several contiguous pages, chosen of all that are free', () => {
    free = [524, 516, 600, 512, 520, 514, 700, 800]
    {
      using buffer = allocate(2 * PAGE + 1)
      expect(buffer).toMatchObject({ physicalAddress: 512 * MIB, length: 3 * PAGE })
      expect(buffer.dmaSafety().checks[1]).toEqual({
        what: 'contiguous',
        result: 'yes',
        reason: 'its 3 huge pages are contiguous',
      })
      // What was looked at, and not taken, is given back.
      expect({ open: state.open, free: free.toSorted() }).toEqual({
        open: 1,
        free: [520, 524, 600, 700, 800],
      })
    }
    expect(state.open).toBe(0)
  })

  it('is refused where no pages are contiguous', () => {
    free = [512, 520, 530, 540, 550, 560, 570, 580]
    expect(() => allocate(2 * PAGE)).toThrow(
      expect.objectContaining({
        code: 'ENOMEMORY',
        message:
          'a buffer of 4194304 bytes of huge pages cannot be allocated: the 2 huge pages of 2048 kB that were given are not contiguous',
      }),
    )
    expect({ open: state.open, free: free.length }).toEqual({ open: 0, free: 8 })
  })

  it('is refused where another took them meanwhile', () => {
    free = [512, 520, 514]
    const { make } = maker
    const thief: HugePageMaker = {
      ...maker,
      make: (length, shift) => {
        if (state.made.length === 4) free.splice(0, 2)
        return make(length, shift)
      },
    }
    const wanted = { length: 2 * PAGE, caching: 'write-back', below: 0, alignment: 0 } as const
    pool('hugepages-2048kB', 3, 3)
    expect(() => allocateHugePages(wanted, root.system, thief)).toThrow('are not contiguous')
    expect(state.open).toBe(0)
  })

  it('takes the smallest page of which one does, else many of the largest', () => {
    pool('hugepages-1048576kB', 1, 1)
    free = [1024, 1026]
    const shift = (length: number) => {
      allocate(length).close()
      return state.made.at(-1)?.[1]
    }
    expect(shift(PAGE)).toBe(21)
    expect(shift(PAGE + 1)).toBe(30)
    pool('hugepages-1048576kB', 1, 0)
    pool('hugepages-2048kB', 2, 2)
    expect(shift(PAGE + 1)).toBe(21)
  })

  it('lies below the limit and at a multiple of the alignment, or is refused', () => {
    free = [4096]
    pool('hugepages-2048kB', 1, 1)
    expect(() => allocate(1, 2 ** 32)).toThrow(
      'the huge pages that were given end at 0x1001fffff, not below 0x100000000',
    )
    expect(() => allocate(1, 0, 2 ** 33)).toThrow(
      'the huge pages that were given begin at 0x100000000, no multiple of 0x200000000',
    )
    free = [4096, 4094, 8192]
    pool('hugepages-2048kB', 3, 3)
    {
      using buffer = allocate(1, 2 ** 32)
      expect(buffer.physicalAddress).toBe(4094 * MIB)
    }
    using buffer = allocate(1, 0, 2 ** 33)
    expect(buffer.physicalAddress).toBe(8192 * MIB)
  })

  it('is refused with the command that reserves pages', () => {
    pool('hugepages-2048kB', 0, 0)
    expect(() => allocate(3 * MIB)).toThrow(
      expect.objectContaining({
        code: 'ENOMEMORY',
        message:
          'a buffer of 3145728 bytes of huge pages cannot be allocated: no huge pages are reserved (nr_hugepages is 0)',
        data: expect.objectContaining({
          cure: 'reserve them: echo 2 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages',
        }),
      }),
    )
    pool('hugepages-2048kB', 5, 1)
    expect(() => allocate(3 * MIB)).toThrow(
      expect.objectContaining({
        message:
          'a buffer of 3145728 bytes of huge pages cannot be allocated: 2 huge pages of 2048 kB are needed, and 1 of 5 is free',
        data: expect.objectContaining({
          cure: 'reserve them: echo 6 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages',
        }),
      }),
    )
    using empty = new FakeRoot()
    const wanted = { length: 1, caching: 'write-back', below: 0, alignment: 0 } as const
    expect(() => allocateHugePages(wanted, empty.system, maker)).toThrow(
      'the kernel has no huge pages: it was built without CONFIG_HUGETLBFS',
    )
  })

  it('is refused where the kernel gives none, though they are free', () => {
    const refusing = {
      ...maker,
      make: () => {
        throw Object.assign(new Error('mmap failed'), { errno: constants.errno.ENOMEM })
      },
    }
    const wanted = { length: 1, caching: 'write-back', below: 0, alignment: 0 } as const
    expect(() => allocateHugePages(wanted, root.system, refusing)).toThrow(
      'the kernel gives this process no huge pages of 2048 kB (ENOMEM)',
    )
  })

  it('is refused where addresses are hidden', () => {
    hidden = true
    asking(root, { effective: '0' })
    expect(() => allocate(1)).toThrow(
      expect.objectContaining({
        code: 'EHIDDEN',
        message:
          'a buffer of 1 byte of huge pages cannot be allocated: the kernel hides frames from this process: it lacks the capability CAP_SYS_ADMIN',
      }),
    )
    expect(state).toMatchObject({ open: 0, made: [[1, 21]] })
  })

  it('is mapped write-back only', () => {
    const wanted = { length: 1, caching: 'uncached', below: 0, alignment: 0 } as const
    expect(() => allocateHugePages(wanted, root.system, maker)).toThrow(
      'huge pages are mapped write-back only, not uncached: the kernel module (from kmod) has both',
    )
  })

  it('is cleaned and flushed by the CPU, and not invalidated', () => {
    using buffer = allocate(1)
    buffer.clean(64, 8)
    buffer.flush()
    expect(state.cached).toEqual([
      [false, 64, 8],
      [true, 0, PAGE],
    ])
    expect(() => buffer.invalidate(0, 64)).toThrow(
      expect.objectContaining({
        code: 'EREFUSED',
        message:
          '0x00000000..+0x40 (the buffer at 0x20000000): its cache lines are not invalidated: the CPU lets only the kernel do that (invd, dc ivac)',
        data: expect.objectContaining({
          cure: 'flush it, or use a buffer of the kernel module: from kmod',
        }),
      }),
    )
  })
})

describe('whether it is safe for DMA', () => {
  const functionOf = (group?: string, type?: string, bits = '32') => {
    root.put(`sys/bus/pci/devices/${PCI}/dma_mask_bits`, `${bits}\n`)
    if (group === undefined) return
    root.link(`sys/bus/pci/devices/${PCI}/iommu_group`, `../../../../kernel/iommu_groups/${group}`)
    root.put(`sys/kernel/iommu_groups/${group}/type`, `${type}\n`)
  }

  it('is said, one by one', () => {
    functionOf()
    using buffer = allocate(1)
    expect(buffer.dmaAddress(PCI)).toBe(512 * MIB)
    expect(buffer.dmaSafety(PCI)).toEqual({
      verdict: 'safe',
      dmaAddress: 512 * MIB,
      checks: [
        {
          what: 'pinned',
          result: 'yes',
          reason: 'its pages were written, and are held in a pipe',
        },
        { what: 'contiguous', result: 'yes', reason: 'it is one huge page' },
        {
          what: 'limit',
          result: 'yes',
          reason:
            'it ends at 0x201fffff; the function reaches up to 0xffffffff (dma_mask_bits is 32)',
        },
        { what: 'iommu', result: 'yes', reason: 'the function is behind no IOMMU' },
      ],
    })
  })

  it('is no where the kernel may move its pages', () => {
    functionOf()
    pinned = false
    using buffer = allocate(1)
    expect(buffer.dmaSafety(PCI)).toMatchObject({
      verdict: 'unsafe',
      checks: [
        {
          what: 'pinned',
          result: 'no',
          reason: 'the kernel may move its pages: they are locked, but not held',
        },
        {},
        {},
        {},
      ],
    })
  })

  it('is no beyond what the function reaches', () => {
    functionOf(undefined, undefined, '28')
    using buffer = allocate(1)
    expect(buffer.dmaSafety(PCI)).toMatchObject({
      verdict: 'unsafe',
      checks: [{}, {}, { what: 'limit', result: 'no' }, {}],
    })
  })

  it('is not known where the kernel does not say which addresses it reaches', () => {
    functionOf(undefined, undefined, '?')
    using buffer = allocate(1)
    expect(buffer.dmaSafety(PCI)).toMatchObject({
      verdict: 'unknown',
      checks: [
        {},
        {},
        {
          what: 'limit',
          result: 'unknown',
          reason: 'the kernel does not say which addresses it reaches',
        },
        {},
      ],
    })
  })

  it.each([
    [
      'DMA',
      'an IOMMU translates its addresses (group 7, DMA), and huge pages are not mapped there',
    ],
    ['DMA-FQ', 'an IOMMU translates its addresses (group 7, DMA-FQ)'],
    ['blocked', 'its IOMMU group 7 passes nothing through (blocked)'],
    ['unknown', 'an IOMMU translates its addresses (group 7, unknown)'],
  ])('is no behind an IOMMU (%s)', (type, reason) => {
    functionOf('7', type)
    using buffer = allocate(1)
    const { verdict, checks } = buffer.dmaSafety(PCI)
    expect(verdict).toBe('unsafe')
    expect(checks[2]).toMatchObject({ what: 'iommu', result: 'no' })
    expect(checks[2]?.reason).toContain(reason)
    expect(() => buffer.dmaAddress(PCI)).toThrow(reason)
  })

  it('is yes behind an IOMMU that does not translate', () => {
    functionOf('7', 'identity')
    using buffer = allocate(1)
    expect(buffer.dmaSafety(PCI)).toMatchObject({ verdict: 'safe', dmaAddress: 512 * MIB })
  })

  it('is no question for a function that there is not', () => {
    using buffer = allocate(1)
    expect(() => buffer.dmaSafety(PCI)).toThrow(
      expect.objectContaining({
        code: 'ENOPLACE',
        message:
          'the buffer at 0x20000000 has no address for the PCI function 0000:00:04.0: there is no PCI device 0000:00:04.0: this machine has none',
      }),
    )
  })
})
