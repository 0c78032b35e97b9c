import { errnoName } from '../base/errno.ts'
import { PhysmemError, RequestError } from '../base/errors.ts'
import { type HugePages, loadAddon } from '../engine/addon.ts'
import { filesAt } from '../linux/files-at.ts'
import { type HugePagePool, readHugePages } from '../linux/hugepages.ts'
import { readDmaMaskBits, readIommuGroup } from '../linux/iommu.ts'
import type { PageEntry } from '../linux/pagemap.ts'
import { pciExists } from '../linux/pci.ts'
import { linkName } from '../linux/read.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { refusalError } from '../refusal/error.ts'
import {
  explainHugePages,
  misplacedHugePages,
  noInvalidate,
  scatteredHugePages,
  tooFewHugePages,
  translatedByIommu,
} from '../refusal/hugetlb.ts'
import { explainHiddenFrames } from '../refusal/pagemap.ts'
import { noSuchFunction } from '../refusal/pci-function.ts'
import { counted } from '../text/count.ts'
import { formatAddress, formatHex } from '../text/number.ts'
import { Pagemap } from '../translate/pagemap.ts'
import type { Backing, Reach } from './backing.ts'
import type { DmaCheck } from './dma-check.ts'
import type { Wanted } from './kmod.ts'

/** What this process asks the kernel for; tests bring their own. */
export interface HugePageMaker {
  make(length: number, pageShift: number): HugePages
  /** What is at the virtual address of a page, in units of `pageBytes` bytes. */
  entries(addresses: readonly bigint[]): { entries: PageEntry[]; pageBytes: number }
}

/** So many pages are looked at when those that were given first do not lie as they should. */
const MOST_PAGES = 256

/**
 * A buffer of huge pages, without a module: written, so that they are there; locked; and held by a
 * reference that keeps the kernel from moving them. Its address is that of the page table, which
 * needs CAP_SYS_ADMIN.
 */
export function allocateHugePages(
  wanted: Wanted,
  system: LocalSystem,
  maker = ownProcess,
): Backing {
  if (wanted.caching !== 'write-back') {
    throw new RequestError(
      'EUSAGE',
      `huge pages are mapped write-back only, not ${wanted.caching}: the kernel module (from kmod) has both`,
    )
  }
  const what = `a buffer of ${counted(wanted.length, 'byte')} of huge pages cannot be allocated`
  const pool = choosePool(wanted.length, readHugePages(system.files), what)
  const attempt: Attempt = { wanted, pool, maker, what, system }
  try {
    return allocateAsGiven(attempt)
  } catch (error) {
    if (!(error instanceof PhysmemError) || error.code !== 'ENOMEMORY') throw error
    const chosen = allocateChosen(attempt)
    if (chosen === undefined) throw error
    return chosen
  }
}

interface Attempt {
  wanted: Wanted
  pool: HugePagePool
  maker: HugePageMaker
  what: string
  system: LocalSystem
}

/** Takes the pages that the kernel gives, where they lie as they should. */
function allocateAsGiven(attempt: Attempt): Backing {
  const pages = makePages(attempt, attempt.wanted.length)
  try {
    const starts = locate(pages, attempt)
    checkPlace(starts, pages, attempt)
    return backingOf(pages, starts[0] as number, attempt.system)
  } catch (error) {
    pages.close()
    throw error
  }
}

/**
 * Takes all pages that are free, one by one, and gives those back first that lie as they should, the
 * last one first: mm/hugetlb.c, enqueue_hugetlb_folio() puts what is freed in front of its list, from
 * which the next are taken. `undefined` where there is no such run, or another took it.
 */
function allocateChosen(attempt: Attempt): Backing | undefined {
  const { wanted, pool } = attempt
  const held: { start: number; pages: HugePages }[] = []
  try {
    while (held.length < Math.min(pool.available, MOST_PAGES)) {
      const pages = makePages(attempt, pool.pageBytes)
      const one = { start: 0, pages }
      held.push(one)
      one.start = locate(pages, attempt)[0] as number
    }
    held.sort((a, b) => a.start - b.start)
    const run = findRun(
      held.map(({ start }) => start),
      wanted,
      pool.pageBytes,
    )
    if (run === undefined) return undefined
    for (const { pages } of held.splice(run.first, run.count).reverse()) pages.close()
    return allocateAsGiven(attempt)
  } catch (error) {
    if (error instanceof PhysmemError && error.code === 'ENOMEMORY') return undefined
    throw error
  } finally {
    for (const { pages } of held) pages.close()
  }
}

/** The first run of pages, of which the starts are sorted, that lies as it should. */
function findRun(
  starts: readonly number[],
  { length, below, alignment }: Wanted,
  pageBytes: number,
): { first: number; count: number } | undefined {
  const count = Math.ceil(length / pageBytes)
  for (let first = 0; first + count <= starts.length; first++) {
    const start = starts[first] as number
    const end = start + count * pageBytes
    const isRun = starts[first + count - 1] === end - pageBytes
    const fits = (below === 0 || end <= below) && (alignment === 0 || start % alignment === 0)
    if (isRun && fits) return { first, count }
  }
  return undefined
}

/** The smallest pages of which one does; otherwise the largest of which there are enough. */
function choosePool(length: number, pools: readonly HugePagePool[], what: string): HugePagePool {
  const one = pools.find(({ pageBytes, available }) => pageBytes >= length && available > 0)
  const enough = pools.findLast(({ pageBytes, available }) => pageBytes * available >= length)
  const pool = one ?? enough
  if (pool !== undefined) return pool
  throw refusalError(what, tooFewHugePages(length, pools))
}

function makePages({ maker, pool, what }: Attempt, length: number): HugePages {
  const { pageBytes } = pool
  try {
    return maker.make(length, Math.log2(pageBytes))
  } catch (cause) {
    const number = (cause as { errno?: number }).errno
    if (number === undefined) throw cause
    const errno = errnoName(number)
    throw refusalError(what, explainHugePages(errno, pageBytes), { errno }, { cause })
  }
}

/** The physical addresses of the pages. */
function locate({ address, length, pageBytes }: HugePages, attempt: Attempt): number[] {
  const { maker, what, system } = attempt
  const count = length / pageBytes
  const virtual = Array.from({ length: count }, (_, at) => address + BigInt(at * pageBytes))
  const { entries, pageBytes: smallPage } = maker.entries(virtual)
  return entries.map((entry) => {
    if (entry.kind === 'present') return entry.frame * smallPage
    if (entry.kind === 'hidden') throw refusalError(what, explainHiddenFrames(system.now()))
    const reason = `a huge page that was just written has no frame: ${entry.kind}`
    throw refusalError(what, { code: 'EREFUSED', reason })
  })
}

/** Throws ENOMEMORY for pages that do not lie as they should. */
function checkPlace(
  starts: readonly number[],
  { length, pageBytes }: HugePages,
  { wanted: { below, alignment }, what }: Attempt,
): void {
  const [first = 0] = starts
  if (starts.some((start, at) => start !== first + at * pageBytes)) {
    throw refusalError(what, scatteredHugePages(starts.length, pageBytes))
  }
  if (below > 0 && first + length > below) {
    const end = `end at ${formatAddress(first + length - 1)}, not below ${formatAddress(below)}`
    throw refusalError(what, misplacedHugePages(end))
  }
  if (alignment > 0 && first % alignment !== 0) {
    const start = `begin at ${formatAddress(first)}, no multiple of ${formatHex(alignment)}`
    throw refusalError(what, misplacedHugePages(start))
  }
}

function backingOf(pages: HugePages, address: number, system: LocalSystem): Backing {
  const name = `the buffer at ${formatAddress(address)}`
  return {
    from: 'hugetlb',
    address,
    length: pages.length,
    caching: 'write-back',
    held: heldBy(pages),
    source: () => ({
      name,
      fd: pages.fd,
      mode: 'write',
      base: 0,
      length: pages.length,
      regularFile: false,
      explain: (errno) => explainHugePages(errno, pages.pageBytes),
      close: () => {},
    }),
    cache: (operation, start, length) => {
      const lines = `${formatAddress(start)}..+${formatHex(length)} (${name})`
      if (operation === 'invalidate') {
        const cure = 'flush it, or use a buffer of the kernel module: from kmod'
        throw refusalError(`${lines}: its cache lines are not invalidated`, noInvalidate(cure))
      }
      if (pages.cache(operation === 'flush', start, length)) return
      const reason = `this CPU (${system.cpu}) allows cache-line instructions only in the kernel`
      throw refusalError(lines, { code: 'EPLATFORM', reason })
    },
    reach: (pci) => reachOf(pci, address, system.now()),
    close: () => pages.close(),
  }
}

function heldBy({ pinned, locked, length, pageBytes }: HugePages): DmaCheck[] {
  const count = length / pageBytes
  return [
    pinned
      ? { what: 'pinned', result: 'yes', reason: 'its pages were written, and are held in a pipe' }
      : {
          what: 'pinned',
          result: 'no',
          reason: `the kernel may move its pages: ${locked ? 'they are locked, but not held' : 'they are neither locked nor held'}`,
        },
    {
      what: 'contiguous',
      result: 'yes',
      reason: count === 1 ? 'it is one huge page' : `its ${count} huge pages are contiguous`,
    },
  ]
}

/** Without an IOMMU that translates, a function sees physical addresses. */
function reachOf(pci: string, address: number, system: System): Reach {
  const what = `the buffer at ${formatAddress(address)} has no address for the PCI function ${pci}`
  if (!pciExists(pci, system.files)) {
    throw refusalError(what, {
      code: 'ENOPLACE',
      reason: noSuchFunction(pci, system),
    })
  }
  const group = readIommuGroup(pci, system.files)
  if (group !== undefined && group.type !== 'identity') {
    throw refusalError(what, translatedByIommu(group.number, group.type))
  }
  const bits = readDmaMaskBits(pci, system.files)
  return {
    dmaAddress: address,
    highest: bits === undefined ? undefined : 2n ** BigInt(bits) - 1n,
    source: `dma_mask_bits is ${bits}`,
    iommu:
      group === undefined
        ? 'the function is behind no IOMMU'
        : `its IOMMU group ${group.number} passes addresses through unchanged (identity)`,
  }
}

const ownProcess: HugePageMaker = {
  make: (length, pageShift) => loadAddon().hugePages(length, pageShift),
  entries: (addresses) => {
    // By its number in /proc: where that is of other processes, this one has another.
    using pagemap = new Pagemap(Number(linkName(filesAt(), '/proc/self') ?? process.pid))
    const { pageSize } = pagemap
    const entries = addresses.map((address) => pagemap.entry(Number(address / BigInt(pageSize))))
    return { entries, pageBytes: pageSize }
  },
}
