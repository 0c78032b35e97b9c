import { systemAt } from '../engine/system-at.ts'
import { firmwareMemoryAt } from '../linux/firmware-memory.ts'
import { addressesHidden, type Resource, readIomem, resourcesAt } from '../linux/iomem.ts'
import { presentFrame } from '../linux/pagemap.ts'
import type { LocalSystem, PagedSystem, System } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import type { Stretch } from '../linux/word-file.ts'
import { refusalError } from '../refusal/error.ts'
import { explainHiddenFrames } from '../refusal/pagemap.ts'
import { checkKind } from '../text/options.ts'
import { type Asking, askHere, CHUNK_PAGES } from './asking.ts'
import { checkPhysical } from './check.ts'
import { FrameSet } from './frame-set.ts'
import { describeFrame, isUnlisted } from './frame-state.ts'
import { Frames } from './frames.ts'
import { mappingAt } from './mappings.ts'
import { deviceOwners, type Hit, type Owner, toOwner } from './owner.ts'
import type { Turns } from './turns.ts'
import {
  checkWalkOptions,
  portionsOf,
  type Skipped,
  stretchesOf,
  type VisitedProcess,
  type WalkOptions,
  walkProcesses,
} from './walk.ts'

/** What is known of one frame, and who has mapped it. */
export interface OwnedFrame {
  /** Physical address of its first byte. */
  address: number
  /** Physical address / page size. */
  frame: number
  /** What it is used for, in a few words. */
  state: string
  /** Names of its flags; absent where /proc/kpageflags cannot be read, or knows no such frame. */
  flags?: string[]
  /** How many times processes map it; absent for the zero page, which the kernel does not count. */
  mapCount?: number
  /** NUMA node; absent without NUMA. */
  node?: number
  /** The cgroup that it is charged to, below /sys/fs/cgroup. */
  cgroup?: string
  /**
   * Names of the resources of /proc/iomem that hold what was asked of it, outermost first: a page may
   * hold several. Absent where they are hidden.
   */
  resources?: string[]
  /** By rising process and address; of the zero page only those that mapped it as device memory. */
  owners: Owner[]
  /** The page of zeros, which the kernel counts nowhere: its owners are not looked up. */
  zeroPage?: true
}

export interface OwnersReport {
  /** In the order of the question; addresses in one frame are one. */
  frames: OwnedFrame[]
  /** Bytes. */
  pageSize: number
  /** Processes that this user may not look at: they may own frames, too. */
  skipped: Skipped[]
  /** Whether page tables were read: not where the kernel says that nobody maps these frames. */
  searched: boolean
}

/**
 * Who uses the frames that hold these physical addresses. The page tables of all processes are read
 * once, piece by piece: for a few questions at one time. `OwnerIndex` is made for many.
 * Rejects with RequestError EUSAGE or ERANGE, or with EHIDDEN when the kernel hides frames from this process.
 */
export function owners(addresses: readonly number[], options?: WalkOptions): Promise<OwnersReport>
/** @internal Of a machine that this is not. */
export function owners(
  addresses: readonly number[],
  options: WalkOptions | undefined,
  system: LocalSystem,
): Promise<OwnersReport>
export async function owners(
  addresses: readonly number[],
  options: WalkOptions = {},
  system: LocalSystem = systemAt(),
): Promise<OwnersReport> {
  checkKind('system', system, SYSTEM)
  return await ownersBy(askHere(system), addresses, options)
}

/** The same of a machine that may be far away. */
export async function ownersBy(
  asking: Asking,
  addresses: readonly number[],
  options: WalkOptions = {},
): Promise<OwnersReport> {
  checkWalkOptions('owners', options)
  checkKind('addresses', addresses, 'array')
  const { system } = asking
  const { pageSize } = system
  const asked = askedOf(addresses, pageSize)
  const found = await asking.ask(() => describeFrames(asked, system))
  // Nobody wants all mappings of the zero page.
  const mapped = found.filter(({ mapCount, zeroPage }) => mapCount !== 0 && !zeroPage)
  const search = new Search(found, mapped)
  const skipped = await walkProcesses((...visited) => search.visit(...visited), options, asking)
  if (search.hidden) {
    const hidden = await asking.ask(() => explainHiddenFrames(system.now()))
    throw refusalError('owners cannot be looked up', hidden)
  }
  for (const { owners } of found) owners.sort((one, other) => one.pid - other.pid)
  return { frames: found, pageSize, skipped, searched: mapped.length > 0 }
}

/** Everything but the owners, of frames and the addresses that are asked for in each. */
function describeFrames(
  asked: ReadonlyMap<number, readonly number[]>,
  system: PagedSystem,
): OwnedFrame[] {
  using facts = new Frames(system.pageSize, system)
  const resources = readIomem(system.files)
  const iomem = resources.length > 0 && !addressesHidden(resources) ? resources : undefined
  return [...asked].map(([frame, inIt]) =>
    describeOwnedFrame(frame, facts, system, iomem && namesAt(iomem, inIt)),
  )
}

/** The frames of addresses, in their order, and the addresses that are in each. */
function askedOf(addresses: readonly number[], pageSize: number): Map<number, number[]> {
  const asked = new Map<number, number[]>()
  for (const address of addresses) {
    checkPhysical(address)
    const frame = Math.floor(address / pageSize)
    const inIt = asked.get(frame)
    if (inIt === undefined) asked.set(frame, [address])
    else inIt.push(address)
  }
  return asked
}

/** The resources that hold any of some addresses, each once. */
function namesAt(iomem: readonly Resource[], addresses: readonly number[]): string[] {
  const held = new Set(addresses.flatMap((address) => resourcesAt(iomem, address)))
  return [...held].map(({ name }) => name)
}

/** Everything but the owners. */
function describeOwnedFrame(
  frame: number,
  facts: Frames,
  system: System,
  resources: string[] | undefined,
): OwnedFrame {
  const address = frame * system.pageSize
  const flags = facts.flagNames(frame)
  const head = flags?.includes('COMPOUND_TAIL') ? facts.compound(frame)?.head : undefined
  const ofHead = head === undefined ? [] : (facts.flagNames(head) ?? [])
  const zeroPage = flags?.includes('ZERO_PAGE') ? (true as const) : undefined
  const known = {
    ...{ flags, zeroPage, mapCount: zeroPage ? undefined : facts.mapCount(frame) },
    ...{ node: facts.node(frame), cgroup: facts.cgroup(frame) },
  }
  const told = { flags: flags && [...flags, ...ofHead], resources }
  const firmware = isUnlisted(told) ? firmwareMemoryAt(address, system.files) : undefined
  const state = describeFrame({ ...told, firmware })
  return { address, frame, state, ...withoutUnknown({ ...known, resources }), owners: [] }
}

function withoutUnknown<T extends object>(members: T) {
  const known = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** Looks for frames in the page tables of one process after the other. */
class Search {
  /** Whether frames were found to be hidden. */
  hidden = false
  readonly #frames: ReadonlyMap<number, OwnedFrame>
  readonly #all: FrameSet
  readonly #mapped: FrameSet
  readonly #words = new Uint32Array(2 * CHUNK_PAGES)

  constructor(all: readonly OwnedFrame[], mapped: readonly OwnedFrame[]) {
    this.#frames = new Map(all.map((one) => [one.frame, one]))
    this.#all = new FrameSet(all.map(({ frame }) => frame))
    this.#mapped = new FrameSet(mapped.map(({ frame }) => frame))
  }

  async visit(process: VisitedProcess, turns: Turns): Promise<void> {
    const { asking, pagemap, mappings } = process
    const { files } = asking.system
    // Mappings of device memory are counted nowhere.
    this.#add(await asking.ask(() => [...deviceOwners(process, this.#all, files)]))
    if (this.#mapped.size === 0 || this.hidden) return
    const stretches = stretchesOf(mappings, pagemap.pageSize)
    for (const some of portionsOf(stretches, asking.mostPages)) {
      const found = asking.each(() => this.#search(process, some))
      for await (const { hits, hidden } of found) {
        this.hidden ||= hidden
        this.#add(hits)
        await turns.give()
      }
      asking.renew()
    }
  }

  *#search(process: VisitedProcess, stretches: readonly Stretch[]) {
    for (const { page, count } of stretches) {
      for (const part of process.pagemap.populated(page, page + count)) {
        yield this.#read(process, part)
      }
    }
  }

  #read({ pagemap, mappings, ...process }: VisitedProcess, { page, count }: Stretch) {
    const hits: Hit[] = []
    const words = this.#words.subarray(0, 2 * count)
    const read = pagemap.read(page, words)
    this.#mapped.search(words, read, (index, frame) => {
      const virtual = BigInt(page + index) * BigInt(pagemap.pageSize)
      const mapping = mappingAt(mappings, virtual)
      // It was mapped after the list was made.
      if (mapping === undefined) return
      hits.push({ frame, owner: toOwner(process, mapping, virtual, 'pagemap') })
    })
    return { hits, hidden: isHidden(words, read) }
  }

  #add(hits: readonly Hit[]): void {
    for (const { frame, owner } of hits) this.#frames.get(frame)?.owners.push(owner)
  }
}

/** Whether the first page that is there has frame 0: then all have. */
function isHidden(words: Uint32Array, count: number): boolean {
  for (let index = 0; index < count; index++) {
    const frame = presentFrame(words[2 * index] as number, words[2 * index + 1] as number)
    if (frame >= 0) return frame === 0
  }
  return false
}
