import { PhysmemError, RefusedError } from '../base/errors.ts'
import { systemAt } from '../engine/system-at.ts'
import type { Files } from '../linux/files.ts'
import type { Mapping } from '../linux/maps.ts'
import { readProcess } from '../linux/processes.ts'
import { readSmaps } from '../linux/smaps.ts'
import type { LocalSystem, PagedSystem } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import { checkKind } from '../text/options.ts'
import { kernelHalf } from './absent.ts'
import { type Asking, askHere } from './asking.ts'
import { checkPid, checkVirtual } from './check.ts'
import { type Compound, Frames } from './frames.ts'
import { isAnonymous, isSecret, mappingAt, showVirtual } from './mappings.ts'
import { type Located, ProcessTranslator } from './process-translator.ts'
import type { PageKind, Translation } from './translation.ts'

/** How often all is looked up again for a page that moves. */
const LOOKS = 4

/**
 * Where a virtual address of a process is in physical memory, and what the kernel says of its page.
 * At the end the page tables are looked at again: `moved` says whether the page was moved
 * meanwhile, and all the rest is of where it is then. Rejects as `ProcessTranslator` throws; what
 * only root may know of the frame is left out otherwise.
 */
export function translate(pid: number, virtual: bigint): Promise<Translation>
/** @internal On a machine that this is not. */
export function translate(pid: number, virtual: bigint, system: LocalSystem): Promise<Translation>
export async function translate(
  pid: number,
  virtual: bigint,
  system: LocalSystem = systemAt(),
): Promise<Translation> {
  checkKind('system', system, SYSTEM)
  return await translateBy(askHere(system), pid, virtual)
}

/** The same on a machine that may be far away. */
export async function translateBy(
  asking: Asking,
  pid: number,
  virtual: bigint,
): Promise<Translation> {
  checkPid(pid)
  checkVirtual(virtual)
  const { system } = asking
  const refused = kernelHalf({ pid, virtual, system })
  if (refused) throw refused
  using translator = await asking.ask(() => new ProcessTranslator(pid, system))
  let located: Located | undefined
  let movedFrom: number | undefined
  for (let look = 0; look < LOOKS; look++) {
    const { at, facts } = await asking.ask(() => {
      const at = located ?? translator.translate(virtual)
      return { at, facts: describePage(translator, system, at, virtual) }
    })
    asking.renew()
    const { again, name } = await asking.ask(() => ({
      again: translator.translate(virtual),
      name: readProcess(pid, system.files)?.name ?? '',
    }))
    if (again.address === at.address) {
      const moved = movedFrom === undefined ? {} : { movedFrom }
      return { pid, process: name, virtual, ...facts, moved: look, ...moved }
    }
    movedFrom = Math.floor(at.address / translator.pageSize)
    located = again
  }
  throw new RefusedError(
    'EMIGRATING',
    `${showVirtual(virtual)} of process ${pid} has no lasting physical address: its page moved ${LOOKS} times while it was looked at`,
    {
      pid,
      virtual,
      cure: 'try again; keep the kernel from compacting memory (sysctl vm.compact_unevictable_allowed=0 spares locked pages)',
    },
  )
}

type Facts = Omit<Translation, 'pid' | 'process' | 'virtual' | 'moved' | 'movedFrom'>

function describePage(
  translator: ProcessTranslator,
  system: PagedSystem,
  { address, by, source, entry }: Located,
  virtual: bigint,
): Facts {
  using frames = new Frames(translator.pageSize, system)
  const mappings = translator.mappings()
  const mapping = mappingAt(mappings, virtual)
  if (mapping === undefined) {
    // It was unmapped since: look once more, which says so.
    translator.translate(virtual)
    throw new RefusedError('EUNMAPPED', `0x${virtual.toString(16)} was unmapped meanwhile`)
  }
  const frame = Math.floor(address / translator.pageSize)
  const { kind: _kind, ...marks } = entry
  const known = frames.flagNames(frame)
  // Of what is not RAM, nothing is known: that it has no flags would be no fact.
  const flags = by === 'mapping' && known?.length === 0 ? undefined : known
  const zeroPage = flags?.includes('ZERO_PAGE') === true
  const compound = by === 'pagemap' ? frames.compound(frame) : undefined
  const page = { frame, virtual, pageSize: translator.pageSize, isHuge: translator.isHuge(virtual) }
  const sized =
    by === 'mapping'
      ? { pageSize: translator.pageSize, pageKind: 'device' as const }
      : pageSizeOf(page, flags, compound, () => hugePageSize(translator.pid, mapping, system.files))
  return {
    address,
    frame,
    ...sized,
    by,
    ...only({ source, flags, compound }),
    ...(by === 'pagemap' ? { marks: pick(marks) } : {}),
    ...only({ mapCount: by === 'pagemap' && !zeroPage ? frames.mapCount(frame) : undefined }),
    ...only({ node: frames.node(frame) }),
    zeroPage,
    ...(isSecret(mapping) ? { secret: true as const } : {}),
    mapping,
    ...only({ fileOffset: fileOffset(mapping, virtual) }),
  }
}

/** Those members that are known. */
function only<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const known = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

function pick({ softDirty, exclusive, uffdWp, filePage }: Translation['marks'] & object) {
  return { softDirty, exclusive, uffdWp, filePage }
}

interface Page {
  frame: number
  virtual: bigint
  pageSize: number
  /** As the kernel tells it, where it does. */
  isHuge: boolean | undefined
}

/**
 * A compound page is mapped as one only when it lies in virtual memory as in physical memory, and
 * has the size of an entry of the level above; small ones are mapped page by page.
 */
function pageSizeOf(
  { frame, virtual, pageSize, isHuge }: Page,
  flags: readonly string[] | undefined,
  compound: Compound | undefined,
  ofMapping: () => number,
): { pageSize: number; pageKind: PageKind } {
  const base = { pageSize, pageKind: 'base' as const }
  if (flags === undefined || flags.includes('HUGE')) {
    const size = compound?.size ?? ofMapping()
    return size > pageSize ? { pageSize: size, pageKind: 'hugetlb' } : base
  }
  const entrySize = (pageSize / 8) * pageSize
  const mayBe = flags.includes('THP') && compound !== undefined && compound.size >= entrySize
  if (!mayBe || isHuge === false) return base
  const within = (frame - compound.head) * pageSize
  const aligned = (virtual - (virtual % BigInt(pageSize)) - BigInt(within)) % BigInt(entrySize)
  return isHuge || aligned === 0n ? { pageSize: entrySize, pageKind: 'transparent huge' } : base
}

/** The page size of hugetlbfs; 0 where smaps does not tell it. */
function hugePageSize(pid: number, { start }: Mapping, files: Files): number {
  try {
    const details = mappingAt(readSmaps(pid, files), start)
    return details?.flags.includes('ht') ? details.kernelPageSize : 0
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return 0
  }
}

function fileOffset(mapping: Mapping, virtual: bigint): number | undefined {
  return isAnonymous(mapping) ? undefined : Number(mapping.offset + (virtual - mapping.start))
}
