import { RunQueue } from '../../memory/queue.ts'
import type { Asking } from '../../translate/asking.ts'

interface Look<T> {
  virtual: bigint
  resolve(found: T): void
  reject(error: unknown): void
}

type Outcome<T> = { found: T } | { error: unknown }

/**
 * Looks at the page tables of a machine far away. Each is a fresh one: what an earlier one fetched is
 * read anew. Those that are asked for together are made together.
 */
export class FreshLooks<T> {
  readonly #asking: Asking
  readonly #want: (virtual: bigint) => void
  readonly #find: (virtual: bigint) => T
  readonly #queue = new RunQueue()
  #waiting: Look<T>[] = []

  /**
   * `find` is a pure question. `want` is asked before it, of all, and touches what `find` mostly does
   * with: the rest is fetched only where it does not. Takes the asking over.
   */
  constructor(
    asking: Asking,
    find: (virtual: bigint) => T,
    want: (virtual: bigint) => void = find,
  ) {
    this.#asking = asking
    this.#find = find
    this.#want = want
  }

  /** What is found at an address. Rejects as `find` throws, and with ECONNECTION; never throws. */
  at(virtual: bigint): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ virtual, resolve, reject })
      if (this.#waiting.length === 1) void this.#queue.add(() => this.#lookAtAll())
    })
  }

  /** The same of what is at no address. */
  ask<U>(question: () => U): Promise<U> {
    return this.#queue.add(async () => {
      this.#asking.renew()
      return await this.#asking.ask(question)
    })
  }

  async close(): Promise<void> {
    await this.#queue.idle()
    await this.#asking.close()
  }

  /** Rejects never: each is told by itself. */
  async #lookAtAll(): Promise<void> {
    // Those that are asked for together are there a turn later.
    await Promise.resolve()
    const looks = this.#waiting.splice(0)
    const all = <U>(question: (virtual: bigint) => U) =>
      this.#asking.ask(() => looks.map(({ virtual }) => outcomeOf(() => question(virtual))))
    try {
      this.#asking.renew()
      await all(this.#want)
      const outcomes = await all(this.#find)
      for (const [at, { resolve, reject }] of looks.entries()) {
        const outcome = outcomes[at] as Outcome<T>
        if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.found)
      }
    } catch (error) {
      for (const { reject } of looks) reject(error)
    }
  }
}

function outcomeOf<T>(question: () => T): Outcome<T> {
  try {
    return { found: question() }
  } catch (error) {
    return { error }
  }
}
