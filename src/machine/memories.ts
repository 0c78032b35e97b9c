import type { Pending } from '../base/pending.ts'
import { closedError } from '../memory/failure.ts'
import { closeAll } from './close-all.ts'
import type { Opened } from './found.ts'

/** The memories of a machine: each is opened once, and all are closed together. */
export class Memories {
  readonly #machine: string
  /** In the order in which they were opened: a later one may stand on an earlier one. */
  readonly #opened = new Map<string, Pending<Opened>>()
  #closed = false

  /** `machine` is what names it. */
  constructor(machine: string) {
    this.#machine = machine
  }

  /** Throws ECLOSED when the machine is closed. */
  once(key: string, open: () => Promise<Opened>): Pending<Opened> {
    if (this.#closed) throw closedError(`the machine ${this.#machine}`)
    return this.#opened.get(key) ?? this.#open(key, open)
  }

  async #open(key: string, open: () => Promise<Opened>): Promise<Opened> {
    const opening = open()
    this.#opened.set(key, opening)
    try {
      const opened = await opening
      if (this.#opened.get(key) === opening) this.#opened.set(key, opened)
      return opened
    } catch (error) {
      // What was refused may be granted later: it is asked anew.
      if (this.#opened.get(key) === opening) this.#opened.delete(key)
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.renew()
  }

  /** Closes those that are open: who asks for one opens it anew. */
  async renew(): Promise<void> {
    const opened = [...this.#opened.values()]
    this.#opened.clear()
    const memories = await Promise.allSettled(opened)
    await closeAll(
      memories
        .reverse()
        .flatMap((opened) => (opened.status === 'fulfilled' ? opened.value.memory : [])),
    )
  }
}
