import { type ErrorCode, PhysmemError } from '../base/errors.ts'
import { systemAt } from '../engine/system-at.ts'
import { type Mapping, readMaps } from '../linux/maps.ts'
import { type MappingDetails, readSmaps } from '../linux/smaps.ts'
import type { LocalSystem } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import { refusalError } from '../refusal/error.ts'
import { explainHiddenFrames } from '../refusal/pagemap.ts'
import { checkKind } from '../text/options.ts'
import { ASKING, type Asking, askHere, CHUNK_PAGES } from './asking.ts'
import { checkPid } from './check.ts'
import { isNamedAsDevice, resolveDeviceMapping } from './device-mapping.ts'
import { Frames } from './frames.ts'
import { bare, KERNEL_HALF } from './mappings.ts'
import { Pagemap } from './pagemap.ts'
import { type PageRun, readRuns } from './runs.ts'
import { Turns } from './turns.ts'

/** Consecutive pages of one mapping of which the same is to be said. Absent pages are in none. */
export interface Run {
  mapping: Mapping
  /** Of the first byte. */
  virtual: bigint
  /** Bytes. */
  length: number
  /**
   * Where it is: `present` in RAM, `device` for device memory; `unresolved` for memory of a device
   * or of the kernel of which nothing tells the address.
   */
  kind: Exclude<PageRun['kind'], 'device'> | 'device' | 'device-private' | 'unresolved'
  /** Physical address of the first byte, where it has one. */
  address?: number
  /** What tells the address of device memory. */
  source?: string
  /** All pages are in the frame at `address`. */
  same?: true
  /** It is the shared zero page; absent where /proc/kpageflags cannot be read. */
  zeroPage?: boolean
}

/** Bytes, except for the counts. */
export interface Totals {
  mappings: number
  /** Sizes of all mappings together. */
  mapped: number
  /** In RAM, the shared zero page included. */
  present: number
  /** Of it, in transparent huge pages and hugetlbfs, as smaps says. */
  huge: number
  /** Of it, the shared zero page; 0 where /proc/kpageflags cannot be read. */
  zeroPage: number
  swapped: number
  /** Device memory with a known address. */
  device: number
  /** Guard regions. */
  guard: number
  /** Runs with a physical address. */
  runs: number
  /** What had no answer, by its error code: EHWPOISON, EMIGRATING, ENOPHYSICAL, EDEVICEPAGE. */
  failures: Partial<Record<ErrorCode, number>>
}

/** A mapping, and what smaps says of it; absent where it cannot be read. */
interface Detailed {
  mapping: Mapping
  details?: MappingDetails
}

/** What a run counts as when it has no physical address and is neither swapped nor a guard. */
const failureOf: Partial<Record<Run['kind'], ErrorCode>> = {
  hwpoison: 'EHWPOISON',
  migration: 'EMIGRATING',
  marker: 'ENOTPRESENT',
  unknown: 'ENOPHYSICAL',
  unresolved: 'ENOPHYSICAL',
  'device-private': 'EDEVICEPAGE',
}

/**
 * Everything that a process has mapped, as runs of contiguous frames, by rising virtual address:
 *
 *     const all = translateAll(1234)
 *     for await (const run of all) console.log(run.virtual, run.address, run.length)
 *     console.log(all.totals)
 *
 * Nothing is kept: a process of any size takes the memory of one chunk. What fails for some pages
 * is a run without address, and is counted; what fails for the whole process is thrown, at the
 * latest by the iteration: ENOPROCESS (also when it ends meanwhile), EKERNELTHREAD, EPERMISSION,
 * EHIDDEN, ENOPAGEMAP.
 */
export class AllTranslation implements AsyncIterable<Run> {
  readonly pid: number
  /** Of what was iterated over until now. */
  readonly totals: Totals = {
    ...{ mappings: 0, mapped: 0, present: 0, huge: 0, zeroPage: 0 },
    ...{ swapped: 0, device: 0, guard: 0, runs: 0, failures: {} },
  }
  readonly #asking: Asking
  readonly #words = new Uint32Array(2 * CHUNK_PAGES)

  constructor(pid: number)
  /** @internal Of a machine that this is not. */
  constructor(pid: number, asking: Asking)
  constructor(pid: number, asking: Asking = askHere(systemAt())) {
    checkPid(pid)
    checkKind('asking', asking, ASKING)
    this.pid = pid
    this.#asking = asking
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Run, void, undefined> {
    for await (const { runs } of this.mappings()) yield* runs
  }

  /** The same, mapping by mapping, those without any page too; each with an iteration of its runs. */
  async *mappings(): AsyncGenerator<{ mapping: Mapping; runs: Iterable<Run> }, void, undefined> {
    const { system, ask, mostPages } = this.#asking
    using pagemap = await ask(() => new Pagemap(this.pid, system))
    const mappings = await ask(() => this.#readMappings())
    if (mappings.length === 0) throw await ask(() => pagemap.gone())
    const turns = new Turns()
    using frames = new Frames(pagemap.pageSize, system)
    const portions = system.isFetched
      ? this.#fetched(mappings, pagemap, mostPages)
      : [mappings.map((one) => ({ ...one, runs: this.#runsOf(one, pagemap, frames) }))]
    for await (const some of portions) {
      for (const { mapping, details, runs } of some) {
        this.totals.mappings++
        this.totals.mapped += Number(mapping.end - mapping.start)
        this.totals.huge += details ? hugeBytes(details) : 0
        yield { mapping, runs: this.#counted(runs) }
        await turns.give()
      }
    }
  }

  /** As many mappings in one question as have few pages together. */
  async *#fetched(mappings: readonly Detailed[], pagemap: Pagemap, mostPages: number) {
    const { system, ask, renew } = this.#asking
    const most = BigInt(mostPages) * BigInt(system.pageSize)
    for (let at = 0; at < mappings.length; ) {
      const start = at
      let bytes = 0n
      for (let one = mappings[at]; one && (at === start || bytes < most); one = mappings[++at]) {
        bytes += one.mapping.end - one.mapping.start
      }
      const some = mappings.slice(start, at)
      yield await ask(() => {
        using frames = new Frames(pagemap.pageSize, system)
        return some.map((one) => ({ ...one, runs: [...this.#runsOf(one, pagemap, frames)] }))
      })
      renew()
    }
  }

  *#counted(runs: Iterable<Run>): Generator<Run, void, undefined> {
    for (const run of runs) yield this.#count(run)
  }

  *#runsOf(one: Detailed, pagemap: Pagemap, frames: Frames): Generator<Run, void, undefined> {
    const { mapping } = one
    if (mapping.start >= KERNEL_HALF) return // the vsyscall page: pagemap ends before
    const { pageSize } = pagemap
    const size = BigInt(pageSize)
    const [first, end] = [Number(mapping.start / size), Number(mapping.end / size)]
    let next = first
    for (const some of readRuns(pagemap, first, end, this.#words)) {
      for (const run of some) {
        if (run.kind === 'hidden') {
          const what = `the memory of process ${this.pid} cannot be looked up`
          throw refusalError(what, explainHiddenFrames(this.#asking.system.now()), {
            pid: this.pid,
          })
        }
        yield* this.#hole(one, next, run.page, pageSize)
        yield toRun(run, mapping, pageSize, frames)
        next = run.page + run.count
      }
    }
    yield* this.#hole(one, next, end, pageSize)
  }

  /** What pagemap shows as a hole, and may be memory of a device: pages [from, to). */
  *#hole(
    { mapping, details }: Detailed,
    from: number,
    to: number,
    pageSize: number,
  ): Generator<Run, void, undefined> {
    if (from >= to) return
    const files = this.#asking.system.files
    const find = { pageSize, files }
    const device = details && resolveDeviceMapping(details, find)
    const virtual = BigInt(from) * BigInt(pageSize)
    const hole = { mapping, virtual, length: (to - from) * pageSize }
    if (device && device.address !== undefined) {
      const address = device.address + Number(virtual - mapping.start)
      yield { ...hole, kind: 'device', address, source: device.source }
    } else if (details ? details.flags.includes('pf') : isNamedAsDevice(mapping, files)) {
      yield { ...hole, kind: 'unresolved' }
    }
  }

  #count(run: Run): Run {
    const { totals } = this
    if (run.address !== undefined) totals.runs++
    if (run.kind === 'present') totals.present += run.length
    if (run.zeroPage) totals.zeroPage += run.length
    if (run.kind === 'swap') totals.swapped += run.length
    if (run.kind === 'device') totals.device += run.length
    if (run.kind === 'guard') totals.guard += run.length
    const failure = failureOf[run.kind]
    if (failure) totals.failures[failure] = (totals.failures[failure] ?? 0) + 1
    return run
  }

  /** With what smaps says of huge pages and of mappings of frames; maps says neither. */
  #readMappings(): Detailed[] {
    try {
      return readSmaps(this.pid, this.#asking.system.files).map((details) => ({
        mapping: bare(details),
        details,
      }))
    } catch (error) {
      if (!(error instanceof PhysmemError)) throw error
      // A kernel may have no smaps; a process that is gone has no maps either.
      const mappings = readMaps(this.pid, this.#asking.system.files)
      return mappings.map((mapping) => ({ mapping }))
    }
  }
}

function hugeBytes(details: MappingDetails): number {
  const transparent = details.anonymousHuge + details.shmemHuge + details.fileHuge
  return transparent + details.sharedHugetlb + details.privateHugetlb
}

function toRun(
  { page, count, kind, frame, same }: PageRun,
  mapping: Mapping,
  pageSize: number,
  frames: Frames,
): Run {
  const virtual = BigInt(page) * BigInt(pageSize)
  const run = { mapping, virtual, length: count * pageSize }
  if (frame === undefined) return { ...run, kind: kind === 'device' ? 'device-private' : kind }
  // The page of zeros is in no run with other frames: its neighbours are the kernel's own.
  const flags = frames.flags(frame)
  return {
    ...run,
    kind: 'present',
    address: frame * pageSize,
    ...(same ? { same } : {}),
    ...(flags === undefined ? {} : { zeroPage: ((flags >> ZERO_PAGE) & 1n) === 1n }),
  }
}

/** include/uapi/linux/kernel-page-flags.h */
const ZERO_PAGE = 24n

/** Everything that a process has mapped: see `AllTranslation`. */
export function translateAll(pid: number): AllTranslation
/** @internal Of a machine that this is not. */
export function translateAll(pid: number, system: LocalSystem): AllTranslation
export function translateAll(pid: number, system: LocalSystem = systemAt()): AllTranslation {
  checkKind('system', system, SYSTEM)
  return new AllTranslation(pid, askHere(system))
}

/** The same on a machine that may be far away. */
export function translateAllBy(asking: Asking, pid: number): AllTranslation {
  return new AllTranslation(pid, asking)
}
