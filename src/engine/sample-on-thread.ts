/** Samples of the engine: its thread fills a ring, which is emptied here. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Value } from '../base/width.ts'
import type { Program } from '../memory/program.ts'
import {
  masksOf,
  type SampleOptions,
  type SampleRecord,
  type SamplingEnd,
  sampledReads,
  type TakeSamples,
  triggerOf,
} from '../memory/sampling.ts'
import type { Addon, MemoryHandle } from './addon.ts'
import { runOnThread } from './run-on-thread.ts'

/** A memory of the engine, and what makes it stop. */
export interface Sampled {
  addon: Addon
  name: string
  handle: MemoryHandle
  cancel: () => void
}

/** 8 MiB, of a size that a register of half a million samples fills. */
const RING_CELLS = 2 ** 20
/** Records that are handed over together. */
const BATCH = 8192
/** How often an empty ring is looked at. */
const LOOK_MS = 5
/** The same at full speed, for a ring that holds everything: emptying it earlier would slow it down. */
const SELDOM_MS = 50

const NEVER = 0xffff_ffff_ffff_ffffn
/** PM_LOST_SAMPLES of native/sample.h, in the upper half of a cell. */
const LOST = 0x8000_0000

const TOLD = ['start', 'last', 'taken', 'kept', 'lost', 'missed', 'gap', 'gapTime'] as const

/**
 * Samples until it has ended, and hands over all that came; how it ended is in the outcome of the
 * memory. Throws what `take` or `look`, which is asked now and then, throws: then it was stopped.
 */
export async function sampleOnThread(
  { addon, name, handle, cancel }: Sampled,
  program: Program,
  options: SampleOptions,
  take: TakeSamples,
  look: () => void,
): Promise<SamplingEnd> {
  const reads = sampledReads(program)
  const ring = new Ring(reads.map(({ width }) => width))
  const told = new BigUint64Array(TOLD.length)
  const { masks: given, trigger, periodUs = 0, count = Number.POSITIVE_INFINITY } = options
  const lookMs = periodUs === 0 && count <= ring.capacity ? SELDOM_MS : LOOK_MS
  const masks = BigUint64Array.from(given ? masksOf(given, reads) : [])
  const settings = settingsOf(options, trigger && triggerOf(trigger, reads))
  let running = true
  const ended = runOnThread(addon, name, (done) => {
    const { cells, ends } = ring
    addon.sample(handle, program.encoded, settings, masks, cells, ends, told, done)
  }).finally(() => {
    running = false
  })
  // Awaited below; a rejection before that is none that nobody handles.
  const over = ended.catch(() => {})
  try {
    for (;;) {
      // What was put before the end is seen by a look after it.
      const last = !running
      const records = ring.take(BATCH)
      if (records.length > 0) await take(records)
      if (records.length === BATCH) await setImmediate()
      else if (last) break
      else await Promise.race([over, setTimeout(lookMs, undefined, { ref: false })])
      look()
    }
  } catch (error) {
    cancel()
    await over
    throw error
  }
  await ended
  const [, lastNs = 0, taken = 0, kept = 0, lost = 0, missed = 0, gap = 0, gapTime = 0] =
    Array.from(told, Number)
  if (gap > 0) await take([{ atNs: gapTime, lost: gap }])
  return { lastNs, taken, kept, lost, missed }
}

function settingsOf(
  { periodUs = 0, durationUs, count }: SampleOptions,
  trigger: ReturnType<typeof triggerOf> | undefined,
): BigUint64Array {
  return BigUint64Array.of(
    BigInt(Math.round(periodUs * 1000)),
    durationUs === undefined ? NEVER : BigInt(Math.round(durationUs * 1000)),
    count === undefined ? NEVER : BigInt(count),
    trigger === undefined ? NEVER : BigInt(trigger.read),
    trigger?.negate ? 1n : 0n,
    trigger?.mask ?? 0n,
    trigger?.equals ?? 0n,
  )
}

/** What another thread fills: see native/sample.h. */
class Ring {
  readonly cells: BigUint64Array
  /** The head, and the tail. */
  readonly ends = new Uint32Array(2)
  readonly #words: Uint32Array
  readonly #widths: readonly number[]
  /** Records that it holds. */
  readonly capacity: number

  constructor(widths: readonly number[]) {
    const cells = 1 + widths.length
    this.capacity = 2 ** Math.floor(Math.log2(RING_CELLS / cells))
    this.cells = new BigUint64Array(this.capacity * cells)
    this.#words = new Uint32Array(this.cells.buffer)
    this.#widths = widths
  }

  /** At most so many records, oldest first. */
  take(most: number): SampleRecord[] {
    const head = Atomics.load(this.ends, 0)
    const tail = this.ends[1] ?? 0
    const count = Math.min(most, (head - tail) >>> 0)
    // Allocated at full length, as the values are: some ten million per second may arrive.
    const records = new Array<SampleRecord>(count)
    for (let index = 0; index < count; index++) records[index] = this.#record(tail + index)
    Atomics.store(this.ends, 1, tail + count)
    return records
  }

  #record(number: number): SampleRecord {
    const reads = this.#widths.length
    const cell = (number & (this.capacity - 1)) * (1 + reads)
    const low = this.#words[2 * cell] ?? 0
    const high = this.#words[2 * cell + 1] ?? 0
    if (high >= LOST) return { atNs: (high - LOST) * 2 ** 32 + low, lost: this.#number(cell + 1) }
    const values = new Array<Value>(reads)
    for (let read = 0; read < reads; read++) values[read] = this.#value(cell + 1 + read, read)
    return { atNs: high * 2 ** 32 + low, values }
  }

  #value(cell: number, read: number): Value {
    return this.#widths[read] === 64 ? (this.cells[cell] ?? 0n) : (this.#words[2 * cell] ?? 0)
  }

  #number(cell: number): number {
    return Number(this.cells[cell] ?? 0n)
  }
}
