import { type Closable, closeAll } from '../machine/close-all.ts'
import { closedError } from '../memory/failure.ts'

/**
 * What a machine opened, and closes with itself.
 * As long as a program has them, or they are closed by it: one that it forgot is not kept from going.
 */
export class Opened {
  readonly #name: string
  readonly #opening = new Set<Promise<unknown>>()
  #all: WeakRef<Closable>[] = []
  #closed = false

  /** `name` is that of the machine, for messages. */
  constructor(name: string) {
    this.#name = name
  }

  /** Rejects with ECLOSED when the machine is closed, before or meanwhile; then nothing stays open. */
  async add<T extends Closable>(open: () => Promise<T> | T): Promise<T> {
    this.check()
    const opening = this.#kept(open)
    this.#opening.add(opening)
    try {
      return await opening
    } finally {
      this.#opening.delete(opening)
    }
  }

  /** The last first: it may stand on an earlier one. All are closed; rejects with the first error. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#opening)
    const all = this.#all.reverse()
    this.#all = []
    await closeAll(all.flatMap((one) => one.deref() ?? []))
  }

  async #kept<T extends Closable>(open: () => Promise<T> | T): Promise<T> {
    const one = await open()
    if (this.#closed) await one.close()
    this.check()
    this.#all = [...this.#all.filter((other) => other.deref()), new WeakRef(one)]
    return one
  }

  /** Throws ECLOSED when the machine is closed. */
  check(): void {
    if (this.#closed) throw closedError(this.#name)
  }
}
