import { type ErrorCode, PhysmemError } from '../errors.ts'
import { type Mapping, readMaps } from '../linux/maps.ts'
import { listProcesses } from '../linux/processes.ts'
import { KERNEL_HALF } from './mappings.ts'
import { Pagemap, type Stretch } from './pagemap.ts'
import { Turns } from './turns.ts'

/** A process whose page tables are open, for the time of the visit. */
export interface VisitedProcess {
  pid: number
  name: string
  mappings: readonly Mapping[]
  pagemap: Pagemap
}

/** A process that could not be looked at, and why. */
export interface Skipped {
  pid: number
  name: string
  code: ErrorCode
  reason: string
}

export interface WalkOptions {
  /** The folder that stands for `/`. */
  root?: string
  /** Called before each process, and at the end. */
  onProgress?: (done: number, total: number) => void
  /** Aborting ends the walk with its reason. */
  signal?: AbortSignal
}

/**
 * Visits all processes that have memory, by rising number; returns those that this user may not
 * look at. Those that end meanwhile are left out. Between processes, others have their turn.
 */
export async function walkProcesses(
  visit: (process: VisitedProcess) => void,
  { root = '/', onProgress, signal }: WalkOptions,
): Promise<Skipped[]> {
  const processes = listProcesses(root).filter(
    ({ kernelThread, state }) => !kernelThread && state !== 'Z',
  )
  const skipped: Skipped[] = []
  const turns = new Turns()
  for (const [done, process] of processes.entries()) {
    onProgress?.(done, processes.length)
    signal?.throwIfAborted()
    const refused = visitOne(process, visit, root)
    if (refused) skipped.push(refused)
    await turns.give()
  }
  onProgress?.(processes.length, processes.length)
  return skipped
}

/** A function of its own: esbuild takes an error that was caught around `using` into the next turn of a loop. */
function visitOne(
  { pid, name }: { pid: number; name: string },
  visit: (process: VisitedProcess) => void,
  root: string,
): Skipped | undefined {
  try {
    using pagemap = new Pagemap(pid, root)
    visit({ pid, name, mappings: readMaps(pid, root), pagemap })
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

/** To read the entries of so many pages between two mappings is faster than one more call. */
const BRIDGED_PAGES = 256

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
