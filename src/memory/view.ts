import { checkBounds } from './bounds.ts'
import type { Misalignment } from './check.ts'
import { closedError } from './failure.ts'
import { Memory } from './memory.ts'
import { checkRun } from './options.ts'
import { Program } from './program.ts'
import type { Results } from './results.ts'
import type { RunOptions } from './run-options.ts'
import {
  checkSampling,
  type SampleOptions,
  type SamplingEnd,
  type TakeSamples,
} from './sampling.ts'
import type { Step } from './step.ts'

export interface ViewOptions {
  /** How a person names the part. */
  name: string
  /** Where it begins in the other memory. */
  base: number
  /** Its length in bytes, or `undefined` where it ends with the other memory. */
  length: number | undefined
  /** Releases what stands behind it. */
  close: () => Promise<void>
}

/** A part of another memory, whose addresses count from its own start. */
export class MemoryView extends Memory {
  readonly name: string
  readonly length: number | undefined
  readonly #under: Memory
  readonly #base: number
  readonly #release: () => Promise<void>
  /** Programs that are run again need not be made again. */
  readonly #moved = new WeakMap<Program, Program>()
  #closed = false

  constructor(under: Memory, { name, base, length, close }: ViewOptions) {
    super()
    this.name = name
    this.length = length
    this.#under = under
    this.#base = base
    this.#release = close
  }

  override get misalignment(): Misalignment {
    const { misalignment } = this.#under
    return misalignment === 'any' ? misalignment : (this.#base + misalignment) % 8
  }

  /** As for every memory; what fails is reported with the addresses of the memory below. */
  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    checkRun(program, options)
    return await this.#under.run(this.#check(program), options)
  }

  override async prepare(program: Program): Promise<void> {
    await this.#under.prepare(this.#check(program))
  }

  override async foresee(program: Program): Promise<void> {
    await this.#under.foresee(this.#check(program))
  }

  /** @internal */
  override async sample(
    program: Program,
    options: SampleOptions,
    take: TakeSamples,
  ): Promise<SamplingEnd> {
    checkSampling(program, options, take)
    return await this.#under.sample(this.#check(program), options, take)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#release()
  }

  #check(program: Program): Program {
    if (this.#closed) throw closedError(this.name)
    checkBounds(program, this.name, this.length)
    let moved = this.#moved.get(program)
    if (!moved) {
      moved = new Program(
        program.steps.map((step) => this.#move(step)),
        this.#under.misalignment,
      )
      this.#moved.set(program, moved)
    }
    return moved
  }

  #move(step: Step): Step {
    return 'address' in step ? { ...step, address: step.address + this.#base } : step
  }
}
