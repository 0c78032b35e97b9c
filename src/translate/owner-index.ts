import { systemAt } from '../engine/system-at.ts'
import type { Mapping } from '../linux/maps.ts'
import type { LocalSystem } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import { refusalError } from '../refusal/error.ts'
import { explainHiddenFrames } from '../refusal/pagemap.ts'
import { checkKind } from '../text/options.ts'
import { askHere, CHUNK_PAGES } from './asking.ts'
import { mappingAt } from './mappings.ts'
import { type Owner, toOwner } from './owner.ts'
import { readRuns } from './runs.ts'
import type { Turns } from './turns.ts'
import {
  checkWalkOptions,
  type Skipped,
  stretchesOf,
  type VisitedProcess,
  type WalkOptions,
  walkProcesses,
} from './walk.ts'

/** Numbers that become more. */
class Column {
  #values = new Float64Array(1024)
  length = 0

  push(value: number): void {
    if (this.length === this.#values.length) {
      const more = new Float64Array(2 * this.length)
      more.set(this.#values)
      this.#values = more
    }
    this.#values[this.length++] = value
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.length)
  }
}

/** A process as it was when the index was built. */
interface Seen {
  pid: number
  name: string
  mappings: readonly Mapping[]
}

/**
 * From frames to the processes that have mapped them, for many questions: built once, by reading
 * all page tables, and true for that moment. It takes 48 bytes a run of contiguous frames. Memory
 * of devices is not in it: the kernel shows its frames in no page table.
 */
export class OwnerIndex {
  /** Processes that this user may not look at. */
  readonly skipped: readonly Skipped[]
  /** Runs of contiguous frames, by rising first frame. */
  readonly #first: Float64Array
  readonly #count: Float64Array
  readonly #page: Float64Array
  /** How many pages follow each other in the one frame of a run; else 1. */
  readonly #pages: Float64Array
  readonly #process: Float64Array
  /** The highest end of this run and all before it: runs overlap where frames are shared. */
  readonly #reach: Float64Array
  readonly #processes: readonly Seen[]
  readonly #pageSize: number

  /** Rejects with EHIDDEN when the kernel hides frames from this process. */
  static build(options?: WalkOptions): Promise<OwnerIndex>
  /** @internal On a machine that this is not. */
  static build(options: WalkOptions | undefined, system: LocalSystem): Promise<OwnerIndex>
  static async build(
    options: WalkOptions = {},
    system: LocalSystem = systemAt(),
  ): Promise<OwnerIndex> {
    checkWalkOptions('OwnerIndex.build', options)
    checkKind('system', system, SYSTEM)
    const builder = new Builder()
    const skipped = await walkProcesses(
      (...visited) => builder.visit(...visited),
      options,
      askHere(system),
    )
    if (builder.hidden) {
      const what = 'owners cannot be looked up'
      throw refusalError(what, explainHiddenFrames(system.now()))
    }
    return new OwnerIndex(builder, skipped)
  }

  private constructor(builder: Builder, skipped: readonly Skipped[]) {
    this.skipped = skipped
    this.#processes = builder.processes
    this.#pageSize = builder.pageSize
    const first = builder.first.values
    const order = Uint32Array.from(first, (_, index) => index)
    order.sort((a, b) => (first[a] as number) - (first[b] as number))
    const inOrder = ({ values }: Column) =>
      Float64Array.from(order, (index) => values[index] as number)
    this.#first = inOrder(builder.first)
    this.#count = inOrder(builder.count)
    this.#page = inOrder(builder.page)
    this.#pages = inOrder(builder.pages)
    this.#process = inOrder(builder.process)
    let reach = 0
    this.#reach = this.#first.map((frame, index) => {
      reach = Math.max(reach, frame + (this.#count[index] as number))
      return reach
    })
  }

  /** How many runs of contiguous frames it holds. */
  get runs(): number {
    return this.#first.length
  }

  /** Who has mapped a frame, by ascending process and address. */
  lookup(frame: number): Owner[] {
    checkKind('frame', frame, 'number')
    const found: Owner[] = []
    for (let run = this.#lastUpTo(frame); run >= 0 && (this.#reach[run] as number) > frame; run--) {
      const within = frame - (this.#first[run] as number)
      if (within >= (this.#count[run] as number)) continue
      for (let page = within; page < within + (this.#pages[run] as number); page++) {
        found.push(...this.#owner(run, page))
      }
    }
    return found.sort((a, b) => a.pid - b.pid || (a.virtual < b.virtual ? -1 : 1))
  }

  #owner(run: number, within: number): Owner[] {
    const seen = this.#processes[this.#process[run] as number] as Seen
    const virtual = BigInt((this.#page[run] as number) + within) * BigInt(this.#pageSize)
    const mapping = mappingAt(seen.mappings, virtual)
    return mapping === undefined ? [] : [toOwner(seen, mapping, virtual, 'pagemap')]
  }

  /** The last run that begins at or before a frame; -1 for none. */
  #lastUpTo(frame: number): number {
    let [low, high] = [0, this.#first.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#first[middle] as number) <= frame) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** What the index is made from, in the order of the processes. */
class Builder {
  hidden = false
  pageSize = 0
  readonly first = new Column()
  readonly count = new Column()
  readonly page = new Column()
  readonly pages = new Column()
  readonly process = new Column()
  readonly processes: Seen[] = []
  readonly #words = new Uint32Array(2 * CHUNK_PAGES)

  async visit({ pid, name, mappings, pagemap }: VisitedProcess, turns: Turns): Promise<void> {
    this.pageSize = pagemap.pageSize
    const process = this.processes.push({ pid, name, mappings }) - 1
    for (const { page, count } of stretchesOf(mappings, pagemap.pageSize)) {
      for (const runs of readRuns(pagemap, page, page + count, this.#words)) {
        for (const run of runs) {
          if (run.kind === 'hidden') this.hidden = true
          if (run.frame === undefined) continue
          this.first.push(run.frame)
          this.count.push(run.same ? 1 : run.count)
          this.page.push(run.page)
          this.pages.push(run.same ? run.count : 1)
          this.process.push(process)
        }
        await turns.give()
      }
    }
  }
}
