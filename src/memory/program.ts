import { RequestError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import { counted } from '../text/count.ts'
import { checkKind, shown } from '../text/options.ts'
import { checkStep, type Misalignment } from './check.ts'
import { dataIn, encodeProgram } from './encode.ts'
import { MAX_BLOCK_BYTES, MAX_WAIT_MS } from './limits.ts'
import { resultBytes } from './skipped.ts'
import { elementCount, endOf, isBlock, isWriting, type Step, waitNs } from './step.ts'

export type { Step } from './step.ts'

/**
 * A list of steps that an engine runs in order, beside the memory, without returning in between.
 * Building one checks every step (width, alignment, value, count) and copies it, with the bytes of a
 * `writeBlock`: a Program that exists is well formed, and stays what it is. It may be run any number
 * of times, on any memory; its binary form is made once.
 */
export class Program {
  readonly steps: readonly Readonly<Step>[]
  /** Of the memory that it is made for, see `Memory.misalignment`. */
  readonly misalignment: Misalignment
  /** Bytes that all `readBlock` steps together bring back. */
  readonly dataLength: number
  /** The first address after everything that the program accesses. */
  readonly end: number
  /** Bytes that the program's blocks read or write, or whose cache lines are meant. */
  readonly blockBytes: number
  /** Whether any step stores. */
  readonly writes: boolean
  /**
   * Whether all that can be refused is to be known before the first access. Of a single step that
   * only reads what was read before a page that is refused is wanted, as in a dump.
   */
  readonly needsPreparing: boolean
  /** Whether no step gives more than one value of at most 32 bits. */
  readonly narrow: boolean
  /** Whether any step may take time of its own: a wait, a delay, or a block that passes over faults. */
  readonly waits: boolean
  readonly #dataOffsets: readonly number[]
  #encoded: Uint8Array | undefined

  /**
   * Throws a RequestError whose `data.step` names the first step that is wrong: EWIDTH, EALIGN,
   * ERANGE (also for blocks over 1 GiB together, or delays and waits over a day together), EVALUE or
   * EUSAGE. `misalignment` is that of the memory, 0 for nearly all.
   */
  constructor(steps: readonly Step[], misalignment: Misalignment = 0) {
    if (!Array.isArray(steps)) {
      throw new RequestError('EUSAGE', `steps: expected an array of steps, not ${shown(steps)}`)
    }
    checkKind('misalignment', misalignment, MISALIGNMENTS)
    this.misalignment = misalignment
    const offsets: number[] = []
    const totals = { read: 0, write: 0, cache: 0 }
    let wait = 0
    this.steps = checked(steps, misalignment)
    let end = 0
    let bytes = 0
    let writes = false
    let waits = false
    let narrow = true
    for (let index = 0; index < this.steps.length; index++) {
      const step = this.steps[index] as Step
      offsets.push(totals.read)
      try {
        addUp(step, index, totals)
        wait = addTime(step, index, wait)
      } catch (error) {
        throw named(index, steps.length, error)
      }
      end = Math.max(end, endOf(step))
      bytes += blockBytes(step)
      writes ||= isWriting(step)
      waits ||= takesTime(step)
      narrow &&= isNarrow(step)
    }
    this.dataLength = totals.read
    this.end = end
    this.blockBytes = bytes
    this.writes = writes
    this.waits = waits
    this.needsPreparing = writes || this.steps.length > 1
    this.narrow = narrow
    this.#dataOffsets = offsets
    if (totals.write > 0) this.steps = this.#withOwnData()
  }

  /** The bytes that are stored stand in the binary form: they are copied once. */
  #withOwnData(): readonly Readonly<Step>[] {
    return this.steps.map((step, index) =>
      step.op === 'writeBlock' ? { ...step, data: dataIn(this.encoded, index, step) } : step,
    )
  }

  /** Where the bytes of a `readBlock` step start in the data that comes back. */
  dataOffset(step: number): number {
    checkKind('step', step, 'number')
    return this.#dataOffsets[step] ?? 0
  }

  /** The binary form that `native/engine.h` describes. */
  get encoded(): Uint8Array {
    this.#encoded ??= encodeProgram(this)
    return this.#encoded
  }
}

const MISALIGNMENTS = [0, 1, 2, 3, 4, 5, 6, 7, 'any']

const TOTALS = {
  read: 'to read in blocks',
  write: 'to write in blocks and fills',
  cache: 'to clean or flush',
} as const

/** Throws when the blocks up to this step come to more than a program may have. */
function addUp(step: Step, index: number, totals: Record<keyof typeof TOTALS, number>): void {
  if (!isBlock(step) && step.op !== 'cache') return
  const kind = step.op === 'cache' ? 'cache' : isWriting(step) ? 'write' : 'read'
  // Each block starts on a multiple of 8, so that every width may be stored in one piece.
  const bytes = step.op === 'readBlock' ? resultBytes(step) : blockBytes(step)
  totals[kind] += Math.ceil(bytes / 8) * 8
  if (totals[kind] <= MAX_BLOCK_BYTES) return
  const message = `${counted(totals[kind], 'byte')} ${TOTALS[kind]} in one program: expected at most ${MAX_BLOCK_BYTES}`
  throw new RequestError('ERANGE', message, { step: index })
}

/** Copies of the steps, each checked. */
function checked(steps: readonly Step[], misalignment: Misalignment): Step[] {
  const all: Step[] = []
  for (let index = 0; index < steps.length; index++) {
    try {
      all.push(checkStep(copied(steps[index] as Step), index, misalignment))
    } catch (error) {
      throw named(index, steps.length, error)
    }
  }
  return all
}

/** Of several steps, an error names the one that is wrong. */
function named(index: number, count: number, error: unknown): unknown {
  if (count === 1 || !(error instanceof RequestError)) return error
  return retell(error, { message: `step ${index}: ${error.message}`, data: { step: index } })
}

/** What is not an object stays what it is, for the check. */
function copied(step: Step): Step {
  return typeof step === 'object' && step !== null && !Array.isArray(step) ? { ...step } : step
}

/** What the delays and time-outs up to this step come to, in nanoseconds. Throws when it is too much. */
function addTime(step: Step, index: number, before: number): number {
  const sum = before + waitNs(step)
  if (sum <= MAX_WAIT_MS * 1_000_000) return sum
  const message = `${sum / 1_000_000} milliseconds of delays and waits in one program: expected at most ${MAX_WAIT_MS} (a day)`
  throw new RequestError('ERANGE', message, { step: index })
}

function takesTime(step: Step): boolean {
  if (step.op === 'readBlock') return step.onFault === 'skip'
  return step.op === 'wait' || step.op === 'delay'
}

function isNarrow(step: Step): boolean {
  return step.op !== 'update' && step.op !== 'wait' && (step.op !== 'read' || step.width !== 64)
}

function blockBytes(step: Step): number {
  if (step.op === 'cache') return step.length
  return 'address' in step ? (elementCount(step) * step.width) / 8 : 0
}
