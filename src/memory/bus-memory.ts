import { checkNotStopped, closedError } from './failure.ts'
import { type Bus, interpret } from './interpreter.ts'
import { Memory } from './memory.ts'
import { checkRun } from './options.ts'
import type { Program } from './program.ts'
import { RunQueue } from './queue.ts'
import type { Results } from './results.ts'
import type { RunOptions } from './run-options.ts'

/**
 * A memory that is not mapped: each access is one call of its bus, on this machine or far away. Runs
 * never overlap, accesses neither, and what is refused is known before the first access.
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
   * The same of what must be asked for, right before the first access.
   *
   * @internal
   */
  protected permit?(program: Program): Promise<void> | void

  /**
   * Closes what the bus uses, once, after the last run.
   *
   * @internal
   */
  protected abstract release(): Promise<void> | void

  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    checkRun(program, options)
    this.#checkOpen(program) // Not after an await: a run that close() finds in the queue is finished.
    return await this.#queue.add(() => this.#run(program, options), options.signal)
  }

  override async prepare(program: Program): Promise<void> {
    this.#checkOpen(program)
    const pending = this.permit && this.#queue.add(async () => this.permit?.(program))
    if (pending) await pending
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue.idle()
    await this.release()
  }

  async #run(program: Program, options: RunOptions): Promise<Results> {
    if (this.permit) {
      checkNotStopped(this.name, program, options.signal)
      const pending = this.permit(program)
      // What fails before anything was awaited has the stack of its caller.
      if (pending) await pending
    }
    return await interpret(program, this.bus, options)
  }

  #checkOpen(program: Program): void {
    if (this.#closed) throw closedError(this.name)
    this.check(program)
  }
}
