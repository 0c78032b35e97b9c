import { closedError } from './failure.ts'
import { type Bus, interpret } from './interpreter.ts'
import { Memory } from './memory.ts'
import { checkRun } from './options.ts'
import type { Program } from './program.ts'
import { RunQueue } from './queue.ts'
import type { Results } from './results.ts'
import type { RunOptions } from './run-options.ts'

/**
 * A memory that is not mapped: each access is one call of its bus. Runs never overlap, and what is
 * refused is known before the first access.
 */
export abstract class BusMemory extends Memory {
  readonly #queue = new RunQueue()
  #closed = false

  /** @internal */
  protected abstract readonly bus: Bus

  /**
   * Throws for what is known to be refused; accesses nothing.
   *
   * @internal
   */
  protected abstract check(program: Program): void

  /**
   * Closes what the bus uses, once, after the last run.
   *
   * @internal
   */
  protected abstract release(): void | Promise<void>

  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    checkRun(program, options)
    this.#checkOpen(program) // Not after an await: a run that close() finds in the queue is finished.
    return await this.#queue.add(() => interpret(program, this.bus, options), options.signal)
  }

  override async prepare(program: Program): Promise<void> {
    this.#checkOpen(program)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue.idle()
    await this.release()
  }

  #checkOpen(program: Program): void {
    if (this.#closed) throw closedError(this.name)
    this.check(program)
  }
}
