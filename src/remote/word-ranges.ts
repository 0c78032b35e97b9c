import { Malformed, packed, type Reader } from './bytes.ts'
import type { Refused } from './nodes.ts'
import type { Session } from './session.ts'

/** Words that follow each other and are not 0. */
interface Run {
  /** Number of the first in the file. */
  first: number
  /** Two 32-bit halves each, the lower first. */
  words: Uint32Array
}

/** Words of a file from number `first` to `end`: those that are in no run are 0. */
export interface WordRange {
  first: number
  end: number
  /** Ascending. */
  runs: readonly Run[]
  /** Whether the file ends at `end`. */
  ended: boolean
}

/** Reads [first, end) of an open file of words, in as many trips as it takes. */
export async function readWords(
  session: Session,
  node: number,
  first: number,
  end: number,
): Promise<WordRange | Refused> {
  const runs: Run[] = []
  for (let at = first; ; ) {
    const request = packed({ u32: node }, { u32: 0 }, { u64: at }, { u64: end - at })
    const part = await session.ask('words', request, ({ errno, rest }) =>
      errno === undefined ? takePart(rest, at, end) : { errno },
    )
    if ('errno' in part) return part
    runs.push(...part.runs)
    at = part.end
    if (part.ended || at === end) return { first, end: at, runs, ended: part.ended }
  }
}

/** The answer of one request; throws Malformed where it tells of more, or of nothing. */
function takePart(rest: Reader, first: number, end: number): WordRange {
  const ended = rest.u32()
  const walked = Number(rest.u64())
  if (ended > 1 || walked > end - first || (walked === 0 && ended === 0 && end > first)) {
    throw new Malformed('words that were not asked for')
  }
  const runs: Run[] = []
  let at = first
  while (rest.left > 0) {
    at += rest.u32()
    const count = rest.u32()
    if (count === 0 || at + count > first + walked) throw new Malformed('words behind the last')
    runs.push({ first: at, words: wordsOf(rest.bytes(8 * count)) })
    at += count
  }
  return { first, end: first + walked, runs, ended: ended === 1 }
}

/** A copy: it stays when the frame that it came in is gone. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer)
}

/** The last of some, which ascend, that begins at `first` or before; -1 for none. */
export function beginsBy(some: readonly { first: number }[], first: number): number {
  let [low, high] = [0, some.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((some[middle] as { first: number }).first <= first) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Copies the words from number `first` on; returns how many, fewer than fit where the file ends. */
export function copyWords(range: WordRange, first: number, words: Uint32Array): number {
  const count = Math.max(0, Math.min(words.length / 2, range.end - first))
  words.fill(0)
  for (let at = Math.max(0, beginsBy(range.runs, first)); at < range.runs.length; at++) {
    const run = range.runs[at] as Run
    if (run.first >= first + count) break
    const from = Math.max(run.first, first)
    const to = Math.min(run.first + run.words.length / 2, first + count)
    if (from >= to) continue
    words.set(run.words.subarray(2 * (from - run.first), 2 * (to - run.first)), 2 * (from - first))
  }
  return count
}

/** Whether a page of [start, end) of the process of an open pagemap is of one of these categories. */
export function scanPages(
  session: Session,
  node: number,
  { start, end, categories }: { start: bigint; end: bigint; categories: bigint },
): Promise<boolean | Refused> {
  const request = packed(
    { u32: node },
    { u32: 0 },
    { u64: start },
    { u64: end },
    { u64: categories },
  )
  return session.ask('scan', request, ({ errno, rest }) => {
    if (errno !== undefined) return { errno }
    const found = rest.u32()
    if (found > 1) throw new Malformed('neither yes nor no')
    return found === 1
  })
}
