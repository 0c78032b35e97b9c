/** How long one job may keep the event loop, in ms. */
const MOST_MS = 5

/** Lets others have their turn in a long job of many short pieces, but not after each of them. */
export class Turns {
  readonly #signal: AbortSignal | undefined
  #sinceMs = performance.now()

  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  /** Rejects with the reason of the signal when that was aborted. */
  async give(): Promise<void> {
    if (performance.now() - this.#sinceMs >= MOST_MS) {
      await new Promise(setImmediate)
      this.#sinceMs = performance.now()
    }
    this.#signal?.throwIfAborted()
  }
}
