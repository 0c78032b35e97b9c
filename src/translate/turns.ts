/** How long one job may keep the event loop, in ms. */
const MOST_MS = 5

/** Lets others have their turn in a long job of many short pieces, but not after each of them. */
export class Turns {
  #sinceMs = performance.now()

  async give(): Promise<void> {
    if (performance.now() - this.#sinceMs < MOST_MS) return
    await new Promise(setImmediate)
    this.#sinceMs = performance.now()
  }
}
