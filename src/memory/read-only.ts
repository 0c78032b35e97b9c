import { checkLimits } from './bounds.ts'
import type { Misalignment } from './check.ts'
import { Memory } from './memory.ts'
import type { Program } from './program.ts'
import type { Results } from './results.ts'
import type { RunOptions } from './run-options.ts'

/** Another memory, opened for reading: a program that writes is EREADONLY before its first access. */
export class ReadOnlyMemory extends Memory {
  readonly #memory: Memory

  /** Takes the memory over: both are closed together. */
  constructor(memory: Memory) {
    super()
    this.#memory = memory
  }

  get name(): string {
    return this.#memory.name
  }

  get length(): number | undefined {
    return this.#memory.length
  }

  override get origin(): bigint {
    return this.#memory.origin
  }

  override get misalignment(): Misalignment {
    return this.#memory.misalignment
  }

  async run(program: Program, options?: RunOptions): Promise<Results> {
    checkLimits(program, this.#limits)
    return await this.#memory.run(program, options)
  }

  override async prepare(program: Program): Promise<void> {
    checkLimits(program, this.#limits)
    await this.#memory.prepare(program)
  }

  override async foresee(program: Program): Promise<void> {
    checkLimits(program, this.#limits)
    await this.#memory.foresee(program)
  }

  async close(): Promise<void> {
    await this.#memory.close()
  }

  get #limits() {
    return { name: this.name, length: this.length, readOnly: true }
  }
}
