import type { BlockPart, RunResults } from '../base/run-results.ts'
import type { Part } from './part.ts'
import type { Program } from './program.ts'
import { Results } from './results.ts'
import { bitsOffset, markSkipped, resultBytes } from './skipped.ts'
import type { ReadBlockStep } from './step.ts'

/** The results of a program, put together from those of its parts. */
export class Gathered {
  readonly #program: Program
  /** Made when first needed: most programs have one part, whose results are theirs. */
  #room: { cells: BigUint64Array; data: Uint8Array } | undefined

  constructor(program: Program) {
    this.#program = program
  }

  get #cells(): BigUint64Array {
    return this.#mustHaveRoom().cells
  }

  get #data(): Uint8Array {
    return this.#mustHaveRoom().data
  }

  #mustHaveRoom() {
    const { steps, dataLength } = this.#program
    this.#room ??= {
      cells: new BigUint64Array(steps.length * 2),
      data: new Uint8Array(dataLength),
    }
    return this.#room
  }

  /** Takes what the parts gave, as far as `results` has them; of one that failed, its elements. */
  take(parts: readonly Part[], results: RunResults, failed?: { elementsDone: number }): void {
    for (let at = 0; at < results.done; at++) this.#takeOne(parts[at] as Part, results, at)
    const part = parts[results.done]
    if (failed === undefined || part === undefined) return
    if (part.step.op === 'readBlock') {
      this.#put(part, results.parts(results.done, failed.elementsDone))
    }
    if (part.step.op === 'wait') {
      this.#cells[part.index * 2] = BigInt(results.lastSeen(results.done))
    }
  }

  results(done: number): Results {
    return new Results(this.#program, { done, cells: this.#cells, data: this.#data })
  }

  #takeOne(part: Part, results: RunResults, at: number): void {
    const { op } = part.step
    const cell = part.index * 2
    if (op === 'readBlock') this.#put(part, results.parts(at))
    if (op === 'read' || op === 'update' || op === 'wait') {
      this.#cells[cell] = BigInt(results.value(at))
    }
    if (op === 'update') this.#cells[cell + 1] = BigInt(results.written(at))
    if (op === 'wait') this.#cells[cell + 1] = BigInt(Math.round(results.elapsedUs(at) * 1000))
  }

  #put({ index, from }: Part, parts: readonly BlockPart[]): void {
    const step = this.#program.steps[index] as ReadBlockStep
    const start = this.#program.dataOffset(index)
    const bits = this.#data.subarray(start + bitsOffset(step), start + resultBytes(step))
    for (const { first, count, bytes } of parts) {
      if (bytes) this.#data.set(bytes, start + ((from + first) * step.width) / 8)
      else for (let at = 0; at < count; at++) markSkipped(bits, from + first + at)
    }
  }
}
