/** Samples of registers: what is asked for, what comes, and how it is done where no engine does it. */
import { PhysmemError, RequestError } from '../base/errors.ts'
import type { Value, Width } from '../base/width.ts'
import { counted } from '../text/count.ts'
import {
  arrayOf,
  checkKind,
  checkOptions,
  NATURAL,
  type OptionKinds,
  type Shape,
  WHOLE_VALUE,
} from '../text/options.ts'
import { type Clock, systemClock } from './clock.ts'
import { MAX_SAMPLED } from './limits.ts'
import { checkProgram } from './options.ts'
import type { Program } from './program.ts'
import type { Results } from './results.ts'
import type { RunOptions } from './run-options.ts'
import type { ReadStep } from './step.ts'
import { unsigned, unsignedMask, valueError } from './value.ts'

/** Which samples are taken of a program, and which of them are kept. */
export interface SampleOptions {
  /** From the start of one sample to that of the next. Default 0: as fast as it goes. */
  periodUs?: number
  /** No sample begins later. Default: until `signal` is aborted, or `count` are kept. */
  durationUs?: number
  /** Samples to keep. Default: all. */
  count?: number
  /** One a read: only what differs from the sample before under them is kept. Default: all is. */
  masks?: readonly Value[]
  /** Nothing is kept before this is so. */
  trigger?: SampleTrigger
  /** Ends it, as the duration does. */
  signal?: AbortSignal
}

/** A condition on one of the reads: `(value & mask) === equals`, or with `negate` the opposite. */
export interface SampleTrigger {
  read: number
  mask: Value
  equals: Value
  negate?: boolean
}

/** What one sample read, in the order of the program. */
export interface Sample {
  /** Nanoseconds since the start, of when its first read began. */
  atNs: number
  values: readonly Value[]
}

/** Samples that were taken, and to be kept, for which there was no room. */
export interface LostSamples {
  /** Of the first of them. */
  atNs: number
  lost: number
}

export type SampleRecord = Sample | LostSamples

/** Takes what came, in its order; what comes meanwhile waits for it to resolve, or is lost. */
export type TakeSamples = (records: readonly SampleRecord[]) => void | Promise<void>

/** How a sampling ended. */
export interface SamplingEnd {
  /** Of the last sample that was taken, kept or not. */
  lastNs: number
  taken: number
  kept: number
  lost: number
  /** Periods in which no sample began, since one took too long. */
  missed: number
}

export function isLost(record: SampleRecord): record is LostSamples {
  return 'lost' in record
}

/** Nothing was taken. */
export const NO_SAMPLES: SamplingEnd = { lastNs: 0, taken: 0, kept: 0, lost: 0, missed: 0 }

/** Longest that a sampling lasts: its nanoseconds are exact as a number. Some hundred days. */
const MAX_US = Math.floor(Number.MAX_SAFE_INTEGER / 1000)

const TIME: Shape = {
  expected: `a number of microseconds, 0 to ${MAX_US}`,
  is: (value) => typeof value === 'number' && value >= 0 && value <= MAX_US,
}

const COUNT: Shape = {
  expected: 'a whole number from 1',
  is: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
}

const SAMPLE_OPTIONS: OptionKinds<SampleOptions> = {
  ...{ periodUs: TIME, durationUs: TIME, count: COUNT },
  ...{ masks: arrayOf('an array of masks', WHOLE_VALUE), trigger: 'object' },
  signal: 'AbortSignal',
}

const TRIGGER: OptionKinds<SampleTrigger> = {
  ...{ read: NATURAL, mask: WHOLE_VALUE, equals: WHOLE_VALUE, negate: 'boolean' },
}

/**
 * Before anything is touched, throws EUSAGE for arguments of a wrong type, for what is not a
 * program of single reads, and where nothing ends it; EVALUE for masks and values that its reads do
 * not hold; ERANGE for more reads than can be sampled together.
 */
export function checkSampling(program: Program, options: SampleOptions, take: TakeSamples): void {
  checkProgram(program)
  checkOptions('sample', options, SAMPLE_OPTIONS, '{ count: 100 }')
  checkKind('take', take, 'function')
  const reads = sampledReads(program)
  const { durationUs, count, signal, masks, trigger } = options
  if (masks !== undefined) masksOf(masks, reads)
  if (trigger !== undefined) {
    checkOptions('trigger', trigger, TRIGGER, '{ read: 0, mask: 1, equals: 1 }')
    triggerOf(trigger, reads)
  }
  if (durationUs !== undefined || count !== undefined || signal !== undefined) return
  const message = 'samples without an end: expected a durationUs, a count or a signal'
  throw new RequestError('EUSAGE', message)
}

type Reads = readonly Readonly<ReadStep>[]

/** Masks as bits without a sign, one a read. Throws EUSAGE for another number of them, EVALUE. */
export function masksOf(masks: readonly Value[], reads: Reads): bigint[] {
  if (masks.length !== reads.length) {
    const message = `${counted(masks.length, 'mask')} for ${counted(reads.length, 'read')}: expected one per read`
    throw new RequestError('EUSAGE', message)
  }
  return reads.map(({ width }, index) => maskOf(masks[index] ?? 0, width))
}

/** A trigger with its bits without a sign. Throws EUSAGE for a read that there is not, EVALUE. */
export function triggerOf(
  { read, mask, equals, negate = false }: SampleTrigger,
  reads: Reads,
): { read: number; mask: bigint; equals: bigint; negate: boolean } {
  const width = reads[read]?.width
  if (width === undefined) {
    const last = reads.length - 1
    const expected = last === 0 ? '0, the only one' : `0 to ${last}`
    const message = `there is no read ${read} to trigger: expected ${expected}`
    throw new RequestError('EUSAGE', message)
  }
  const value = unsigned(equals, width)
  if (value === undefined) throw valueError(equals, width, 'value')
  return { read, mask: maskOf(mask, width), equals: BigInt(value), negate }
}

function maskOf(mask: Value, width: Width): bigint {
  const bits = unsignedMask(mask, width)
  if (bits === undefined) throw valueError(mask, width, 'mask')
  return BigInt(bits)
}

/** The single reads of a program that can be sampled. Throws EUSAGE for another one. */
export function sampledReads(program: Program): readonly Readonly<ReadStep>[] {
  const { steps } = program
  const reads = steps.filter((step) => step.op === 'read')
  if (reads.length < steps.length || reads.length === 0) {
    throw new RequestError('EUSAGE', 'samples are taken of single reads, one at least')
  }
  if (reads.length <= MAX_SAMPLED) return reads
  const message = `${counted(reads.length, 'read')} in one sample: expected at most ${MAX_SAMPLED}`
  throw new RequestError('ERANGE', message)
}

/** Which of the samples of a program are kept: those that differ, from when the trigger was met on. */
export class Keeper {
  readonly #masks: readonly bigint[] | undefined
  readonly #trigger: ReturnType<typeof triggerOf> | undefined
  #last: readonly Value[] | undefined

  constructor({ masks, trigger }: SampleOptions, reads: Reads) {
    this.#masks = masks && masksOf(masks, reads)
    this.#trigger = trigger && triggerOf(trigger, reads)
  }

  keeps(values: readonly Value[]): boolean {
    if (this.#last === undefined && !this.#isMet(values)) return false
    const last = this.#last
    this.#last = values
    if (last === undefined || this.#masks === undefined) return true
    return this.#masks.some((mask, index) => {
      const [before, now] = [last[index], values[index]]
      return before !== now && ((BigInt(before ?? 0) ^ BigInt(now ?? 0)) & mask) !== 0n
    })
  }

  #isMet(values: readonly Value[]): boolean {
    if (this.#trigger === undefined) return true
    const { read, mask, equals, negate } = this.#trigger
    return ((BigInt(values[read] ?? 0) & mask) === equals) !== negate
  }
}

/** What of a memory takes samples. */
interface Runner {
  prepare(program: Program): Promise<void>
  run(program: Program, options?: RunOptions): Promise<Results>
}

/** How many samples are handed over together, where nobody waits for them. */
const BATCH = 1024
/** Samples after which other work gets a turn. */
const TURN = 64

/**
 * Samples by one run of the program each, for memories that no engine samples. Nothing is lost: the
 * next sample waits until what came is taken. Rejects as `run`, with all before it handed over.
 */
export async function sampleByRuns(
  memory: Runner,
  program: Program,
  options: SampleOptions,
  take: TakeSamples,
  clock: Clock = systemClock,
): Promise<SamplingEnd> {
  checkSampling(program, options, take)
  const reads = sampledReads(program)
  const { durationUs = Number.POSITIVE_INFINITY, signal } = options
  // Whole nanoseconds, as the engine counts them.
  const periodUs = Math.round((options.periodUs ?? 0) * 1000) / 1000
  const { count = Number.POSITIVE_INFINITY } = options
  const keeper = new Keeper(options, reads)
  const end = { ...NO_SAMPLES }
  let batch: Sample[] = []
  let nextPeriod = 0
  const handOver = async () => {
    const full = batch
    batch = []
    if (full.length > 0) await take(full)
  }
  await memory.prepare(program)
  const startUs = clock.nowUs()
  try {
    for (let us = 0; us < durationUs && !signal?.aborted; us = clock.nowUs() - startUs) {
      const results = await memory.run(program, signal && { signal })
      const values = reads.map((_, index) => results.value(index))
      end.taken++
      end.lastNs = Math.round(us * 1000)
      if (keeper.keeps(values)) {
        batch.push({ atNs: end.lastNs, values })
        end.kept++
      }
      if (end.kept >= count) break
      const waits = periodUs > 0 || clock.virtual === true
      if (waits || batch.length >= BATCH) await handOver()
      if (periodUs > 0) {
        const period = Math.floor(us / periodUs)
        end.missed += period - nextPeriod
        nextPeriod = period + 1
        const dueUs = Math.min(nextPeriod * periodUs, durationUs)
        await clock.sleepUs(Math.max(0, startUs + dueUs - clock.nowUs()), signal)
      } else if (waits || end.taken % TURN === 0) await clock.sleepUs(0, signal)
    }
  } catch (error) {
    if (!(error instanceof PhysmemError && error.code === 'EABORT' && signal?.aborted)) {
      await handOver()
      throw error
    }
  }
  await handOver()
  return end
}
