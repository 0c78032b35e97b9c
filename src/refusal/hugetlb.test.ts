import { describe, expect, it } from 'vitest'
import type { HugePagePool } from '../linux/hugepages.ts'
import {
  explainHugePages,
  misplacedHugePages,
  noInvalidate,
  scatteredHugePages,
  tooFewHugePages,
  translatedByIommu,
} from './hugetlb.ts'
import { worded } from './testing/worded.ts'

const MIB = 1 << 20
const file = '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages'
const small = (total: number, available: number): HugePagePool => ({
  pageBytes: 2 * MIB,
  total,
  available,
  file,
})
const large: HugePagePool = { pageBytes: 1024 * MIB, total: 0, available: 0, file: 'unused' }

describe('why there is no buffer of huge pages', () => {
  it('is that none are reserved, or too few, and the command says how many', () => {
    expect(worded(tooFewHugePages(3 * MIB, [small(0, 0), large]))).toEqual({
      code: 'ENOMEMORY',
      reason: 'no huge pages are reserved (nr_hugepages is 0)',
      cure: `reserve them: echo 2 > ${file}`,
      evidence: [{ file, line: '0' }],
    })
    expect(worded(tooFewHugePages(8 * MIB, [small(7, 3)]))).toMatchObject({
      reason: '4 huge pages of 2048 kB are needed, and 3 of 7 are free',
      cure: `reserve them: echo 8 > ${file}`,
    })
    // arm64 has smaller ones, too.
    const tiny: HugePagePool = { pageBytes: 65536, total: 0, available: 0, file: 'tiny' }
    const cure = (bytes: number, total = 0) =>
      worded(tooFewHugePages(bytes, [tiny, small(total, total), large])).cure
    expect(cure(65536)).toBe('reserve them: echo 1 > tiny')
    expect(cure(65537)).toBe(`reserve them: echo 1 > ${file}`)
    expect(cure(64 * MIB)).toBe(`reserve them: echo 32 > ${file}`)
    expect(cure(64 * MIB, 8)).toBe(`reserve them: echo 32 > ${file}`)
    expect(worded(tooFewHugePages(1, []))).toEqual({
      code: 'EREFUSED',
      reason: 'the kernel has no huge pages: it was built without CONFIG_HUGETLBFS',
      cure: 'use a kernel with CONFIG_HUGETLBFS=y, or the kernel module: physmem kmod',
    })
  })

  it('is that this process gets none', () => {
    expect(explainHugePages('ENOMEM', 2 * MIB)).toEqual({
      code: 'ENOMEMORY',
      reason: 'the kernel gives this process no huge pages of 2048 kB (ENOMEM)',
      cure: 'let the control group have them (hugetlb.…max), or reserve more: nr_hugepages',
    })
    expect(explainHugePages('ENOSYS', 2 * MIB)).toEqual({
      code: 'EREFUSED',
      reason: 'huge pages cannot be mapped: ENOSYS',
    })
  })

  it('is where they lie', () => {
    expect(scatteredHugePages(3, 2 * MIB)).toEqual({
      code: 'ENOMEMORY',
      reason: 'the 3 huge pages of 2048 kB that were given are not contiguous',
      cure: 'reserve huge pages at boot (hugepages=), use larger ones (hugepagesz=1G), or the kernel module: from kmod',
    })
    expect(misplacedHugePages('begin at 0x200000, no multiple of 0x400000')).toEqual({
      code: 'ENOMEMORY',
      reason: 'the huge pages that were given begin at 0x200000, no multiple of 0x400000',
      cure: 'use the kernel module, which can choose: from kmod',
    })
  })
})

describe('what huge pages cannot', () => {
  it('is invalidated by user space', () => {
    expect(noInvalidate('flush it')).toEqual({
      code: 'EREFUSED',
      reason: 'the CPU lets only the kernel do that (invd, dc ivac)',
      cure: 'flush it',
    })
  })

  it('is reached through an IOMMU', () => {
    const cure =
      'use a buffer of the kernel module, which maps it in the IOMMU; or boot with iommu.passthrough=1'
    expect(translatedByIommu('7', 'DMA-FQ')).toEqual({
      code: 'EREFUSED',
      reason:
        'an IOMMU translates its addresses (group 7, DMA-FQ), and huge pages are not mapped there',
      cure,
      evidence: [{ file: '/sys/kernel/iommu_groups/7/type', line: 'DMA-FQ' }],
    })
    expect(translatedByIommu('7', 'blocked').reason).toBe(
      'its IOMMU group 7 passes nothing through (blocked)',
    )
  })
})
