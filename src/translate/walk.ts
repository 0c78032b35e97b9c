import { type ErrorCode, PhysmemError } from '../base/errors.ts'
import { BRIDGED_PAGES } from '../engine/presence-scan.ts'
import { type Mapping, readMaps } from '../linux/maps.ts'
import { listProcesses } from '../linux/processes.ts'
import type { Stretch } from '../linux/word-file.ts'
import { checkOptions, type OptionKinds } from '../text/options.ts'
import type { Asking } from './asking.ts'
import { EntryDecoder } from './entry-decoder.ts'
import { KERNEL_HALF } from './mappings.ts'
import { Pagemap } from './pagemap.ts'
import { inTurns, Turns } from './turns.ts'

/** A process whose page tables are open, for the time of the visit. */
export interface VisitedProcess {
  pid: number
  name: string
  mappings: readonly Mapping[]
  pagemap: Pagemap
  /** What is read of it is asked for. */
  asking: Asking
}

/** What is done with a process; between pieces of it others may have their turn. */
type Visit = (process: VisitedProcess, turns: Turns) => Promise<void>

/** A process that could not be looked at, and why. */
export interface Skipped {
  pid: number
  name: string
  code: ErrorCode
  reason: string
}

export interface WalkOptions {
  /** Called before each process, and at the end. */
  onProgress?: (done: number, total: number) => void
  /** Aborting ends the walk with its reason. */
  signal?: AbortSignal
}

const OPTIONS: OptionKinds<WalkOptions> = {
  onProgress: 'function',
  signal: 'AbortSignal',
}

/** Throws EUSAGE for what is not an option of `what`. */
export function checkWalkOptions(what: string, options: WalkOptions): void {
  checkOptions(what, options, OPTIONS)
}

/**
 * Visits all processes that have memory, by rising number; far away several at a time. Returns those
 * that this user may not look at. Those that end meanwhile are left out. Others have their turn between
 * processes, and in a visit as often as it gives them one: the page tables of one may be large.
 */
export async function walkProcesses(
  visit: Visit,
  { onProgress, signal }: WalkOptions,
  asking: Asking,
): Promise<Skipped[]> {
  const listed = await asking.ask(() => listProcesses(asking.system.files))
  const processes = listed.filter(({ kernelThread, state }) => !kernelThread && state !== 'Z')
  const skipped: Skipped[] = []
  const turns = new Turns(signal)
  const decoder = new EntryDecoder(asking.system)
  signal?.throwIfAborted()
  await inTurns(processes, asking.atOnce, async (process, done) => {
    onProgress?.(done, processes.length)
    const refused = await visitOne(process, (visited) => visit(visited, turns), asking, decoder)
    if (refused) skipped.push(refused)
    await turns.give()
  })
  onProgress?.(processes.length, processes.length)
  return skipped.sort((one, other) => one.pid - other.pid)
}

/** A function of its own: esbuild takes an error that was caught around `using` into the next turn of a loop. */
async function visitOne(
  { pid, name }: { pid: number; name: string },
  visit: (process: VisitedProcess) => Promise<void>,
  whole: Asking,
  decoder: EntryDecoder,
): Promise<Skipped | undefined> {
  const asking = whole.apart()
  try {
    const { system } = asking
    const shared = system === whole.system ? decoder : undefined
    using pagemap = await asking.ask(() => new Pagemap(pid, system, shared))
    const mappings = await asking.ask(() => readMaps(pid, system.files))
    await visit({ pid, name, mappings, pagemap, asking })
    return undefined
  } catch (error) {
    if (!(error instanceof PhysmemError) || !isOfOneProcess(error)) throw error
    const { code, message } = error
    return code === 'ENOPROCESS' ? undefined : { pid, name, code, reason: message }
  } finally {
    await asking.close()
  }
}

/** Whether the next process may do better. */
function isOfOneProcess({ code }: PhysmemError): boolean {
  return code === 'ENOPROCESS' || code === 'EPERMISSION' || code === 'EKERNELTHREAD'
}

/** The pages of the mappings, those with small gaps between them as one stretch. */
export function stretchesOf(mappings: readonly Mapping[], pageSize: number): Stretch[] {
  const size = BigInt(pageSize)
  const stretches: Stretch[] = []
  for (const { start, end } of mappings) {
    if (start >= KERNEL_HALF) continue // pagemap ends before
    const [page, behind] = [Number(start / size), Number(end / size)]
    const last = stretches.at(-1)
    if (last && page - (last.page + last.count) <= BRIDGED_PAGES) last.count = behind - last.page
    else stretches.push({ page, count: behind - page })
  }
  return stretches
}

/** The same pages in portions of at most `most`, each of as many stretches as go into it. */
export function* portionsOf(stretches: readonly Stretch[], most: number): Generator<Stretch[]> {
  let some: Stretch[] = []
  let left = most
  for (const { page, count } of stretches) {
    for (let at = page; at < page + count; ) {
      const piece = { page: at, count: Math.min(left, page + count - at) }
      some.push(piece)
      at += piece.count
      left -= piece.count
      if (left > 0) continue
      yield some
      some = []
      left = most
    }
  }
  if (some.length > 0) yield some
}
