import { Malformed, packed, type Reader } from './bytes.ts'
import type { Refused } from './nodes.ts'
import type { Session } from './session.ts'

/** Words that follow each other, hardly any of them 0. */
interface Run {
  /** Number of the first in the file. */
  first: number
  /** Two 32-bit halves each, the lower first. */
  words: Uint32Array
}

/** Words of a file from number `first` to `end`: those that are in no run have no bit of the mask. */
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
  mask: bigint,
): Promise<WordRange | Refused> {
  const runs: Run[] = []
  for (let at = first; ; ) {
    const stretch = [{ u64: at }, { u64: end - at }, { u64: mask }]
    const request = packed({ u32: node }, { u32: 0 }, ...stretch)
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
  const told: Told[] = []
  let at = first
  while (rest.left > 0) {
    at += rest.u32()
    const count = rest.u32()
    if (count === 0 || at + count > first + walked) throw new Malformed('words behind the last')
    told.push({ first: at, bytes: rest.bytes(8 * count) })
    at += count
  }
  return { first, end: first + walked, runs: joined(told), ended: ended === 1 }
}

/** A run as it stands in a frame. */
interface Told {
  first: number
  bytes: Uint8Array
}

/** Zeros that are kept in a run: they take less memory than another one. */
const KEPT_ZEROS = 16

/** Copies, which stay when the frame that they came in is gone. */
function joined(told: readonly Told[]): Run[] {
  const runs: Run[] = []
  for (let from = 0; from < told.length; ) {
    let to = from + 1
    while (to < told.length && (told[to] as Told).first - endOf(told[to - 1] as Told) <= KEPT_ZEROS)
      to++
    const { first } = told[from] as Told
    const bytes = new Uint8Array(8 * (endOf(told[to - 1] as Told) - first))
    for (const part of told.slice(from, to)) bytes.set(part.bytes, 8 * (part.first - first))
    runs.push({ first, words: new Uint32Array(bytes.buffer) })
    from = to
  }
  return runs
}

function endOf({ first, bytes }: Told): number {
  return first + bytes.length / 8
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
