import { closedError } from '../memory/failure.ts'
import { closeAll } from './close-all.ts'
import type { Opened } from './found.ts'

/** The memories of a machine: each is opened once, and all are closed together. */
export class Memories {
  readonly #machine: string
  /** In the order in which they were opened: a later one may stand on an earlier one. */
  readonly #opened = new Map<string, Promise<Opened>>()
  #closed = false

  /** `machine` is what names it. */
  constructor(machine: string) {
    this.#machine = machine
  }

  /** Rejects with ECLOSED when the machine is closed. */
  async once(key: string, open: () => Promise<Opened>): Promise<Opened> {
    if (this.#closed) throw closedError(`the machine ${this.#machine}`)
    let opened = this.#opened.get(key)
    if (!opened) {
      opened = open()
      this.#opened.set(key, opened)
    }
    try {
      return await opened
    } catch (error) {
      // What was refused may be granted later: it is asked anew.
      if (this.#opened.get(key) === opened) this.#opened.delete(key)
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const memories = await Promise.allSettled(this.#opened.values())
    this.#opened.clear()
    await closeAll(
      memories
        .reverse()
        .flatMap((opened) => (opened.status === 'fulfilled' ? opened.value.memory : [])),
    )
  }
}
