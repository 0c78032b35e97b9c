/** Runs jobs one after the other, in the order in which they came. A failed job stops no other. */
export class RunQueue {
  #tail: Promise<unknown> = Promise.resolve()

  /**
   * A job whose `signal` is aborted before its turn begins at once, beside the one that runs: it must
   * do nothing then but say so.
   */
  add<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const result = signal ? this.#whenTurnOrAborted(job, signal) : this.#tail.then(job)
    this.#tail = this.#tail.then(() => result).catch(() => {})
    return result
  }

  /** Resolves when every job that was added so far has ended. */
  async idle(): Promise<void> {
    await this.#tail
  }

  #whenTurnOrAborted<T>(job: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const begins = new Promise<void>((resolve) => {
      const begin = () => {
        signal.removeEventListener('abort', begin)
        resolve()
      }
      signal.addEventListener('abort', begin)
      if (signal.aborted) begin()
      else void this.#tail.then(begin)
    })
    return begins.then(job)
  }
}
