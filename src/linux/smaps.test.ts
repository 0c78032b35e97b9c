import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSmaps, readSmaps } from './smaps.ts'
import { FakeRoot } from './testing/fake-root.ts'

const recorded = `7f9900000000-7f9900400000 rw-p 00000000 00:00 0 
Size:               4096 kB
KernelPageSize:        4 kB
MMUPageSize:           4 kB
Rss:                2052 kB
Pss:                2050 kB
Pss_Dirty:          2048 kB
Anonymous:          2048 kB
AnonHugePages:      2048 kB
ShmemPmdMapped:        0 kB
FilePmdMapped:         0 kB
Shared_Hugetlb:        0 kB
Private_Hugetlb:       0 kB
Swap:                 12 kB
SwapPss:              12 kB
Locked:                0 kB
THPeligible:           1
ProtectionKey:         0
VmFlags: rd wr mr mw me ac sd hg 
7f9a00000000-7f9a00200000 rw-s 00000000 00:0f 1234                       /anon_hugepage (deleted)
KernelPageSize:     2048 kB
MMUPageSize:        2048 kB
Shared_Hugetlb:     2048 kB
VmFlags: rd wr sh mr mw me ms de ht sd 
`

describe('parseSmaps', () => {
  it('takes sizes in bytes and the flags', () => {
    const [heap, huge, ...more] = parseSmaps(recorded)
    expect(more).toEqual([])
    expect(heap).toMatchObject({ start: 0x7f9900000000n, end: 0x7f9900400000n, path: '' })
    expect(heap).toMatchObject({
      kernelPageSize: 4096,
      mmuPageSize: 4096,
      rss: 2052 * 1024,
      pss: 2050 * 1024,
      anonymous: 2 << 20,
      anonymousHuge: 2 << 20,
      shmemHuge: 0,
      swap: 12 * 1024,
      flags: ['rd', 'wr', 'mr', 'mw', 'me', 'ac', 'sd', 'hg'],
    })
    expect(huge).toMatchObject({
      path: '/anon_hugepage (deleted)',
      kernelPageSize: 2 << 20,
      sharedHugetlb: 2 << 20,
      rss: 0,
    })
    expect(huge?.flags).toContain('ht')
  })

  it('takes a mapping whose address begins with a letter', () => {
    const text = 'ffff9a000000-ffff9a200000 rw-p 0 0:0 0\nRss: 4 kB\nab00-ac00 r--p 0 0:0 0\n'
    expect(parseSmaps(text)).toMatchObject([
      { start: 0xffff_9a00_0000n, rss: 4096 },
      { start: 0xab00n, rss: 0 },
    ])
  })

  it('passes over what it does not know, and details of nothing', () => {
    const text =
      'Rss: 4 kB\n1000-2000 r--p 0 0:0 0\nRss: 4 MB\nSwap: -4 kB\nNews: 4 kB\ntoString: 1 kB\n'
    expect(parseSmaps(text)).toMatchObject([{ start: 0x1000n, rss: 0, swap: 0 }])
  })

  it('never throws, and gives only sizes that can be', () => {
    const key = fc.constantFrom('Rss', 'Swap', 'VmFlags', 'KernelPageSize', '__proto__', 'X')
    const line = fc.oneof(
      fc.tuple(key, fc.bigInt({ min: 0n, max: 2n ** 64n })).map(([k, n]) => `${k}: ${n} kB`),
      fc.constant('1000-2000 r--p 0 0:0 0'),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const { rss, swap, kernelPageSize } of parseSmaps(lines.join('\n'))) {
          expect([rss, swap, kernelPageSize].every(Number.isSafeInteger)).toBe(true)
        }
      }),
    )
  })
})

describe('readSmaps', () => {
  it('reads the file of a process, or says why not', () => {
    using root = new FakeRoot().put('proc/42/smaps', recorded).folder('proc/43/smaps')
    expect(readSmaps(42, root.files)).toEqual(parseSmaps(recorded))
    expect(() => readSmaps(43, root.files)).toThrow(
      expect.objectContaining({ code: 'EOPEN', message: '/proc/43/smaps cannot be read: EISDIR' }),
    )
  })
})
