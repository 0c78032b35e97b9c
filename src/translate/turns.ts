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

/** Does something with each of many, in their order, with `atOnce` at one time; ends with the first that fails. */
export async function inTurns<T>(
  all: readonly T[],
  atOnce: number,
  act: (one: T, index: number) => Promise<void>,
): Promise<void> {
  const left = all.entries()
  let failed = false
  const some = async () => {
    for (const [index, one] of left) {
      if (failed) return
      await act(one, index).catch((error) => {
        failed = true
        throw error
      })
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, some))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}
