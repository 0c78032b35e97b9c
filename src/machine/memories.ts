import { closeAll } from './close-all.ts'
import type { Opened } from './found.ts'

/** The memories of a machine: each is opened once, and all are closed together. */
export class Memories {
  /** In the order in which they were opened: a later one may stand on an earlier one. */
  readonly #opened = new Map<string, Promise<Opened>>()

  once(key: string, open: () => Promise<Opened>): Promise<Opened> {
    let opened = this.#opened.get(key)
    if (!opened) {
      opened = open()
      this.#opened.set(key, opened)
    }
    return opened
  }

  async close(): Promise<void> {
    const memories = await Promise.allSettled(this.#opened.values())
    this.#opened.clear()
    await closeAll(
      memories
        .reverse()
        .flatMap((opened) => (opened.status === 'fulfilled' ? opened.value.memory : [])),
    )
  }
}
