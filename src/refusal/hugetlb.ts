import { type Cure, sentence, shell } from '../base/cure.ts'
import type { HugePagePool } from '../linux/hugepages.ts'
import { are, counted } from '../text/count.ts'
import type { Refusal } from './refusal.ts'

/** How a size is named by the kernel's folders: 2048 kB. */
function kilobytes(bytes: number): string {
  return `${bytes / 1024} kB`
}

/** Larger pages are rarely free once the system has run for a while. */
const USUAL = 2 << 20

/** The pool that there is already; else of the smallest pages of which one does, up to the usual ones. */
function usualPool(length: number, pools: readonly HugePagePool[]): HugePagePool | undefined {
  const small = pools.filter(({ pageBytes }) => pageBytes <= USUAL)
  return (
    pools.findLast(({ total }) => total > 0) ??
    small.find(({ pageBytes }) => pageBytes >= length) ??
    small.at(-1) ??
    pools[0]
  )
}

/** Why there are not enough huge pages for `bytes` bytes, and the command that makes them. */
export function tooFewHugePages(length: number, pools: readonly HugePagePool[]): Refusal {
  const usual = usualPool(length, pools)
  if (usual === undefined) {
    return {
      code: 'EREFUSED',
      reason: 'the kernel has no huge pages: it was built without CONFIG_HUGETLBFS',
      cure: sentence`use a kernel with CONFIG_HUGETLBFS=y, or the kernel module: ${{ act: 'manage the module' }}`,
    }
  }
  const wanted = Math.ceil(length / usual.pageBytes)
  const { total, available, file, pageBytes } = usual
  const reason =
    total === 0
      ? `no huge pages are reserved (nr_hugepages is 0)`
      : `${counted(wanted, 'huge page')} of ${kilobytes(pageBytes)} ${are(wanted)} needed, and ${available} of ${total} ${are(available)} free`
  return {
    code: 'ENOMEMORY',
    reason,
    cure: sentence`reserve them: ${shell(`echo ${total - available + wanted} > ${file}`)}`,
    evidence: [{ file, line: String(total) }],
  }
}

/** Why huge pages that are free by their number are not given: mm/hugetlb_cgroup.c, or no node has them. */
export function explainHugePages(errno: string, pageBytes: number): Refusal {
  if (errno === 'ENOMEM') {
    return {
      code: 'ENOMEMORY',
      reason: `the kernel gives this process no huge pages of ${kilobytes(pageBytes)} (ENOMEM)`,
      cure: 'let the control group have them (hugetlb.…max), or reserve more: nr_hugepages',
    }
  }
  return { code: 'EREFUSED', reason: `huge pages cannot be mapped: ${errno}` }
}

/** Huge pages of which no run is contiguous. */
export function scatteredHugePages(count: number, pageBytes: number): Refusal {
  return {
    code: 'ENOMEMORY',
    reason: `the ${count} huge pages of ${kilobytes(pageBytes)} that were given are not contiguous`,
    cure: 'reserve huge pages at boot (hugepages=), use larger ones (hugepagesz=1G), or the kernel module: from kmod',
  }
}

/** Huge pages that lie where they should not. */
export function misplacedHugePages(what: string): Refusal {
  return {
    code: 'ENOMEMORY',
    reason: `the huge pages that were given ${what}`,
    cure: 'use the kernel module, which can choose: from kmod',
  }
}

/** Why user space does not invalidate: Intel SDM 2A, INVD; Arm ARM C5.3, DC IVAC. */
export function noInvalidate(cure: Cure): Refusal {
  return {
    code: 'EREFUSED',
    reason: 'the CPU lets only the kernel do that (invd, dc ivac)',
    cure,
  }
}

/** Why a function behind an IOMMU does not reach huge pages. */
export function translatedByIommu(group: string, type: string): Refusal {
  const blocked = type === 'blocked'
  return {
    code: 'EREFUSED',
    reason: blocked
      ? `its IOMMU group ${group} passes nothing through (blocked)`
      : `an IOMMU translates its addresses (group ${group}, ${type}), and huge pages are not mapped there`,
    cure: 'use a buffer of the kernel module, which maps it in the IOMMU; or boot with iommu.passthrough=1',
    evidence: [{ file: `/sys/kernel/iommu_groups/${group}/type`, line: type }],
  }
}
