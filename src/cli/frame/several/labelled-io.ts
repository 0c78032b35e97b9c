import { asciiOf } from '../../../text/ascii.ts'
import type { Io, Output } from '../io.ts'
import { GatheredLines } from './gathered-lines.ts'

/** When the lines of a target are printed: all at its end, or each at once. */
export type Prints = 'at its end' | 'at once'

/** What is held back of one target; with more, its lines come at once. */
export const MOST_HELD = 1 << 20

export interface LabelledIoOptions {
  prints: Prints
  /** What stands before each line of stdout and of stderr. */
  labels: { stdout: string; stderr: string }
}

/** The streams of one of several targets, each line of which says which one. Neither is a terminal. */
export interface LabelledIo extends Io {
  /** What was said on stderr before `go`, without labels; `undefined` where anything was printed, too. */
  early(): string | undefined
  /** From now on lines are printed as they are to be; before, all are held back. */
  go(): void
  /** Prints all that is held back, also a line that has not ended. Throws as `Output.write` does. */
  flush(): void
}

/** What several contexts share: signals, and standard input, which is read once and given to each. */
export function shareIo(io: Io): Io {
  let input: Promise<Uint8Array> | undefined
  let ended: AbortSignal | undefined
  return {
    stdout: io.stdout,
    stderr: io.stderr,
    get endedBy() {
      return io.endedBy
    },
    interrupted: () => io.interrupted(),
    readInput(most) {
      input ??= io.readInput(most)
      return input
    },
    inputEnded() {
      ended ??= io.inputEnded()
      return ended
    },
  }
}

/** Of a target, on streams that others use, too (`shareIo`). */
export function labelledIo(io: Io, { prints, labels }: LabelledIoOptions): LabelledIo {
  const held: Held[] = []
  let bytesHeld = 0
  const printHeld = () => {
    const pieces = held.splice(0)
    bytesHeld = 0
    const failures: unknown[] = []
    for (const { to, bytes } of joined(pieces)) {
      try {
        to.write(bytes)
      } catch (error) {
        // What one stream does not take says nothing of the other.
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
  let isHolding = true
  let hasBegun = false
  let early: Uint8Array[] | undefined = []
  const take = (to: Output, bytes: Uint8Array) => {
    if (bytes.length === 0) return
    held.push({ to, bytes })
    bytesHeld += bytes.length
    if (bytesHeld > MOST_HELD) isHolding = false
    if (!isHolding) printHeld()
  }
  const stdout = new LabelledOutput(io.stdout, labels.stdout, {
    take: (bytes) => take(io.stdout, bytes),
    see: () => {
      early = undefined
    },
  })
  const stderr = new LabelledOutput(io.stderr, labels.stderr, {
    take: (bytes) => take(io.stderr, bytes),
    see: (bytes) => {
      if (!hasBegun) early?.push(bytes)
    },
  })
  return {
    ...{ stdout, stderr },
    get endedBy() {
      return io.endedBy
    },
    interrupted: () => io.interrupted(),
    readInput: (most) => io.readInput(most),
    inputEnded: () => io.inputEnded(),
    early: () => early && Buffer.concat(early).toString(),
    go() {
      hasBegun = true
      if (prints === 'at its end') return
      isHolding = false
      printHeld()
    },
    flush() {
      stdout.end()
      stderr.end()
      printHeld()
    },
  }
}

interface Held {
  to: Output
  bytes: Uint8Array
}

/** Neighbours of one stream are one piece. */
function joined(pieces: readonly Held[]): Held[] {
  const runs: { to: Output; parts: Uint8Array[] }[] = []
  for (const { to, bytes } of pieces) {
    const last = runs.at(-1)
    if (last?.to === to) last.parts.push(bytes)
    else runs.push({ to, parts: [bytes] })
  }
  return runs.map(({ to, parts }) => ({ to, bytes: Buffer.concat(parts) }))
}

/** The least width of what stands behind a label. */
const LEAST_COLUMNS = 20

interface Taker {
  /** Whole lines, with their labels. */
  take: (bytes: Uint8Array) => void
  /** What comes, as it comes. */
  see: (bytes: Uint8Array) => void
}

class LabelledOutput implements Output {
  readonly isTerminal = false
  readonly #of: Output
  readonly #labelWidth: number
  readonly #lines: GatheredLines
  readonly #take: Taker['take']
  readonly #see: Taker['see']

  constructor(of: Output, label: string, { take, see }: Taker) {
    this.#see = see
    this.#of = of
    this.#labelWidth = label.length
    this.#lines = new GatheredLines(Buffer.from(of.hasUnicode ? label : asciiOf(label)))
    this.#take = take
  }

  get hasColors(): boolean {
    return this.#of.hasColors
  }

  get hasUnicode(): boolean {
    return this.#of.hasUnicode
  }

  get columns(): number {
    return Math.max(LEAST_COLUMNS, this.#of.columns - this.#labelWidth)
  }

  get rows(): number {
    return this.#of.rows
  }

  write(data: string | Uint8Array): void {
    const text = typeof data === 'string' && !this.hasUnicode ? asciiOf(data) : data
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    this.#see(bytes.slice())
    this.#take(this.#lines.add(bytes))
  }

  /** Nothing more comes: the line that has begun is ended. */
  end(): void {
    this.#take(this.#lines.end())
  }
}
