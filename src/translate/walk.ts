import { type ErrorCode, PhysmemError } from '../base/errors.ts'
import { type Mapping, readMaps } from '../linux/maps.ts'
import { listProcesses } from '../linux/processes.ts'
import type { LocalSystem } from '../linux/system.ts'
import { checkOptions, type OptionKinds } from '../text/options.ts'
import { EntryDecoder } from './entry-decoder.ts'
import { KERNEL_HALF } from './mappings.ts'
import { Pagemap, type Stretch } from './pagemap.ts'
import { BRIDGED_PAGES } from './presence-scan.ts'
import { Turns } from './turns.ts'

/** A process whose page tables are open, for the time of the visit. */
export interface VisitedProcess {
  pid: number
  name: string
  mappings: readonly Mapping[]
  pagemap: Pagemap
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
 * Visits all processes that have memory, by rising number; returns those that this user may not
 * look at. Those that end meanwhile are left out. Others have their turn between processes, and in a
 * visit as often as it gives them one: the page tables of one may be large.
 */
export async function walkProcesses(
  visit: Visit,
  { onProgress, signal }: WalkOptions,
  system: LocalSystem,
): Promise<Skipped[]> {
  const processes = listProcesses(system.files).filter(
    ({ kernelThread, state }) => !kernelThread && state !== 'Z',
  )
  const skipped: Skipped[] = []
  const turns = new Turns(signal)
  const decoder = new EntryDecoder(system.files)
  signal?.throwIfAborted()
  for (const [done, process] of processes.entries()) {
    onProgress?.(done, processes.length)
    const refused = await visitOne(process, (visited) => visit(visited, turns), system, decoder)
    if (refused) skipped.push(refused)
    await turns.give()
  }
  onProgress?.(processes.length, processes.length)
  return skipped
}

/** A function of its own: esbuild takes an error that was caught around `using` into the next turn of a loop. */
async function visitOne(
  { pid, name }: { pid: number; name: string },
  visit: (process: VisitedProcess) => Promise<void>,
  system: LocalSystem,
  decoder: EntryDecoder,
): Promise<Skipped | undefined> {
  try {
    using pagemap = new Pagemap(pid, system, decoder)
    await visit({ pid, name, mappings: readMaps(pid, system.files), pagemap })
    return undefined
  } catch (error) {
    if (!(error instanceof PhysmemError) || !isOfOneProcess(error)) throw error
    const { code, message } = error
    return code === 'ENOPROCESS' ? undefined : { pid, name, code, reason: message }
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
