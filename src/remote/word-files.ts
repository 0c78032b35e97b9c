import type { Gaps } from '../linux/fetched-files.ts'
import type { Stretch, WordFile } from '../linux/word-file.ts'
import { closeNode, openNode, type Refused } from './nodes.ts'
import { OPEN } from './protocol.ts'
import type { Session } from './session.ts'
import { beginsBy, copyWords, readWords, scanPages, type WordRange } from './word-ranges.ts'

/** include/uapi/linux/fs.h */
const PAGE_IS_HUGE = 64n

/**
 * Bits of an entry of a page table that is not absent (fs/proc/task_mmu.c): in RAM, in swap, or a guard
 * region. Of an absent one, 55 alone may be set: its mapping is new.
 */
const IN_PAGE_TABLE = (1n << 63n) | (1n << 62n) | (1n << 58n)
const ANYTHING = 2n ** 64n - 1n

/** To hand out so many words that are 0 is cheaper than one stretch more. */
const BRIDGED = 256

/**
 * Files of words of the agent's machine, as far as they were fetched: for questions that are asked again
 * until nothing is missing. Each is opened once and stays open, so that a page table stays that of one
 * process: another of its number, or another program in it, is never shown.
 */
export class WordFiles implements Gaps {
  readonly #session: Session
  readonly #files = new Map<string, FetchedWords>()

  constructor(session: Session) {
    this.#session = session
  }

  /** Throws an error whose `code` is the errno, once it is known that it cannot be opened. */
  open(path: string): WordFile {
    const known = this.#files.get(path) ?? new FetchedWords(this.#session, path)
    this.#files.set(path, known)
    known.checkOpen()
    return known
  }

  fill(): Promise<void> | undefined {
    const fetching = [...this.#files.values()].flatMap((file) => file.fill() ?? [])
    return fetching.length === 0 ? undefined : Promise.all(fetching).then(() => {})
  }

  /** What was fetched is forgotten; what is open stays so. */
  forget(): void {
    for (const file of this.#files.values()) file.forget()
  }

  async close(): Promise<void> {
    const files = [...this.#files.values()]
    this.#files.clear()
    await Promise.all(files.map((file) => file.end()))
  }
}

/** Words from number `first` to `end`. */
interface Wanted {
  first: number
  end: number
}

class FetchedWords implements WordFile {
  readonly #session: Session
  readonly #path: string
  /** Words without any of these bits are taken for 0. */
  readonly #mask: bigint
  #opened: { node: number } | Refused | undefined
  #ranges: (WordRange | (Refused & Wanted))[] = []
  readonly #huge = new Map<number, boolean | undefined>()
  #missingRanges: Wanted[] = []
  #missingHuge = new Set<number>()
  /** Whether it was wanted, and not opened yet. */
  #unopened = true

  constructor(session: Session, path: string) {
    this.#session = session
    this.#path = path
    this.#mask = path.endsWith('/pagemap') ? IN_PAGE_TABLE : ANYTHING
  }

  checkOpen(): void {
    if (this.#opened !== undefined && 'errno' in this.#opened) throw failure(this.#opened)
  }

  read(first: number, words: Uint32Array): number {
    const range = this.#range(first, first + words.length / 2)
    if (range !== undefined) return copyWords(range, first, words)
    words.fill(0)
    return words.length / 2
  }

  *populated(first: number, end: number): Generator<Stretch> {
    const range = this.#range(first, end)
    let stretch: Stretch | undefined
    for (const run of range?.runs ?? []) {
      const from = Math.max(run.first, first)
      const to = Math.min(run.first + run.words.length / 2, end)
      if (from >= to) continue
      if (stretch !== undefined && from - (stretch.page + stretch.count) <= BRIDGED) {
        stretch.count = to - stretch.page
        continue
      }
      if (stretch !== undefined) yield stretch
      stretch = { page: from, count: to - from }
    }
    if (stretch !== undefined) yield stretch
    // Whoever reads there finds that it has ended.
    if (range?.ended && range.end < end) yield { page: Math.max(range.end, first), count: 1 }
  }

  isHuge(page: number): boolean | undefined {
    if (!this.#huge.has(page)) this.#missingHuge.add(page)
    return this.#huge.get(page)
  }

  /** Its node is closed with all of them. */
  close(): void {}

  fill(): Promise<void> | undefined {
    const [ranges, pages] = [this.#missingRanges, this.#missingHuge]
    if (!this.#unopened && ranges.length === 0 && pages.size === 0) return undefined
    this.#missingRanges = []
    this.#missingHuge = new Set()
    return this.#fetch(joined(ranges), [...pages])
  }

  forget(): void {
    this.#ranges = []
    this.#huge.clear()
  }

  async end(): Promise<void> {
    const opened = this.#opened
    this.#opened = { errno: 'EBADF' }
    // Where the connection is lost the agent is gone, and with it all that it had open.
    if (opened && 'node' in opened) await closeNode(this.#session, opened.node).catch(() => {})
  }

  /** Where all of it is known; notes it otherwise. Throws with the errno with which it was refused. */
  #range(first: number, end: number): WordRange | undefined {
    this.checkOpen()
    for (let at = beginsBy(this.#ranges, first); at >= 0; at--) {
      const range = this.#ranges[at] as WordRange | (Refused & Wanted)
      const isErrno = 'errno' in range
      if (end > range.end && (isErrno || !range.ended)) continue
      if (isErrno) throw failure(range)
      return range
    }
    this.#missingRanges.push({ first, end })
    return undefined
  }

  async #fetch(ranges: readonly Wanted[], pages: readonly number[]): Promise<void> {
    this.#unopened = false
    this.#opened ??= await openNode(this.#session, this.#path, OPEN.cached)
    if ('errno' in this.#opened) return
    const { node } = this.#opened
    const { pageSize } = this.#session.hello
    const words = ranges.map(async ({ first, end }) => {
      const read = await readWords(this.#session, node, first, end, this.#mask)
      this.#ranges.push('errno' in read ? { ...read, first, end } : read)
    })
    const huge = pages.map(async (page) => {
      const start = BigInt(page) * BigInt(pageSize)
      const where = { start, end: start + BigInt(pageSize), categories: PAGE_IS_HUGE }
      const found = await scanPages(this.#session, node, where)
      this.#huge.set(page, typeof found === 'boolean' ? found : undefined)
    })
    await Promise.all([...words, ...huge])
    this.#ranges.sort((one, other) => one.first - other.first)
  }
}

/** Those that are near to each other as one, ascending. */
function joined(ranges: readonly Wanted[]): Wanted[] {
  const all: Wanted[] = []
  for (const { first, end } of [...ranges].sort((one, other) => one.first - other.first)) {
    const last = all.at(-1)
    if (last !== undefined && first - last.end <= BRIDGED) last.end = Math.max(last.end, end)
    else all.push({ first, end })
  }
  return all
}

function failure({ errno }: Refused): Error {
  return Object.assign(new Error(errno), { code: errno })
}
