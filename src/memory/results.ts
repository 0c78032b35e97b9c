import { AccessError, type PhysmemError, RequestError } from '../base/errors.ts'
import type { BlockPart, RunResults } from '../base/run-results.ts'
import type { Value } from '../base/width.ts'
import { withArticle } from '../text/article.ts'
import { counted, were } from '../text/count.ts'
import { checkKind, shape } from '../text/options.ts'
import { checkProgram } from './options.ts'
import type { Program } from './program.ts'
import { bitsOffset, elementRuns, resultBytes } from './skipped.ts'
import type { ReadBlockStep } from './step.ts'

/** What an engine hands back, in the layout that `native/engine.h` describes. */
export interface RawResults {
  /**
   * Steps done completely. Equal to the program's length when nothing failed; 0 when it was refused,
   * whichever step was wrong.
   */
  done: number
  /**
   * Two 64-bit cells a step: value and second value (see `engine.h`). Of a narrow program one 32-bit
   * word a step will do.
   */
  cells: BigUint64Array | Uint32Array
  /** The bytes of all `readBlock` steps, one after the other. */
  data: Uint8Array
}

const RAW = shape<RawResults>('what an engine gives', {
  ...{ done: 'number', cells: 'object', data: 'Uint8Array' },
})

/** The results of a program, out of what an engine gives. */
export class Results implements RunResults {
  readonly done: number
  readonly #program: Program
  readonly #cells: RawResults['cells']
  /** The halves of the cells, made when first needed. */
  #words: Uint32Array | undefined
  readonly #data: Uint8Array

  constructor(program: Program, raw: RawResults) {
    checkProgram(program)
    if (!(raw?.data instanceof Uint8Array)) checkKind('raw', raw, RAW)
    this.done = raw.done
    this.#program = program
    this.#cells = raw.cells
    this.#data = raw.data
  }

  value(step: number): Value {
    const { op } = this.#mustBeDone(step)
    if (op !== 'read' && op !== 'update' && op !== 'wait') throw noResult(step, op, 'value')
    return this.#cell(step, 0)
  }

  written(step: number): Value {
    const { op } = this.#mustBeDone(step)
    if (op !== 'update') throw noResult(step, op, 'stored value')
    return this.#cell(step, 1)
  }

  elapsedUs(step: number): number {
    const { op } = this.#mustBeDone(step)
    if (op !== 'wait') throw noResult(step, op, 'duration')
    return Number(this.#cells[step * 2 + 1]) / 1000
  }

  bytes(step: number): Uint8Array {
    const found = this.#mustBeDone(step)
    if (found.op !== 'readBlock') throw noResult(step, found.op, 'bytes')
    return this.partialBytes(step, found.count)
  }

  partialBytes(step: number, elements: number): Uint8Array {
    checkKind('elements', elements, 'number')
    const parts = this.parts(step, elements)
    const whole = parts.length === 0 ? new Uint8Array(0) : parts[0]?.bytes
    if (whole && parts.length <= 1) return whole
    const { address } = this.#program.steps[step] as ReadBlockStep
    const message = `elements of step ${step} were passed over: its parts have the others`
    throw new AccessError('EUNREADABLE', message, { step, address })
  }

  parts(step: number, elements?: number): BlockPart[] {
    checkKind('step', step, 'number')
    if (elements === undefined) this.#mustBeDone(step)
    else checkKind('elements', elements, 'number')
    const found = this.#program.steps[step]
    if (found?.op !== 'readBlock') throw noResult(step, found?.op ?? 'missing', 'bytes')
    if (step > this.done) this.#mustBeDone(step)
    const leading = elements ?? found.count
    if (!(leading >= 0 && leading <= found.count)) {
      const message = `${counted(leading, 'element')} of a block of ${found.count}`
      throw new RequestError('ERANGE', message, { step })
    }
    const start = this.#program.dataOffset(step)
    const size = found.width / 8
    const bytes = (first: number, count: number) =>
      this.#data.subarray(start + first * size, start + (first + count) * size)
    if (found.onFault !== 'skip') {
      return leading === 0 ? [] : [{ first: 0, count: leading, bytes: bytes(0, leading) }]
    }
    const bits = this.#data.subarray(start + bitsOffset(found), start + resultBytes(found))
    return elementRuns(bits, leading).map(({ first, count, skipped }) => {
      return { first, count, bytes: skipped ? undefined : bytes(first, count) }
    })
  }

  lastSeen(step: number): Value {
    checkKind('step', step, 'number')
    return this.#cell(step, 0)
  }

  #mustBeDone(step: number) {
    checkKind('step', step, 'number')
    const found = this.#program.steps[step]
    if (found === undefined || step >= this.done) {
      const done = `${counted(this.done, 'step')} ${were(this.done)}`
      throw new RequestError('ERANGE', `step ${step} has no result: ${done} done`, { step })
    }
    return found
  }

  #cell(step: number, which: 0 | 1): Value {
    const cells = this.#cells
    if (cells instanceof Uint32Array) return cells[step] as number
    const found = this.#program.steps[step]
    const wide = found !== undefined && 'width' in found && found.width === 64
    if (wide) return cells[step * 2 + which] as bigint
    const { buffer, byteOffset, length } = cells
    this.#words ??= new Uint32Array(buffer, byteOffset, length * 2)
    return this.#words[step * 4 + which * 2] as number
  }
}

function noResult(step: number, op: string, what: string): PhysmemError {
  return new RequestError(
    'EUSAGE',
    `step ${step} is ${withArticle(`${op} step`)}: it has no ${what}`,
    { step },
  )
}
