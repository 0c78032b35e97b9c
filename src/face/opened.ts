import { type Closable, closeAll } from '../machine/close-all.ts'

/**
 * What a machine opened, and closes with itself.
 * As long as a program has them, or they are closed by it: one that it forgot is not kept from going.
 */
export class Opened {
  #all: WeakRef<Closable>[] = []

  async add<T extends Closable>(opening: Promise<T> | T): Promise<T> {
    const one = await opening
    this.#all = [...this.#all.filter((other) => other.deref()), new WeakRef(one)]
    return one
  }

  /** The last first: it may stand on an earlier one. All are closed; rejects with the first error. */
  async close(): Promise<void> {
    const all = this.#all.reverse()
    this.#all = []
    await closeAll(all.flatMap((one) => one.deref() ?? []))
  }
}
