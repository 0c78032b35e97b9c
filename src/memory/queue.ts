/** Runs jobs one after the other, in the order in which they came. A failed job stops no other. */
export class RunQueue {
  #tail: Promise<unknown> = Promise.resolve()

  add<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(job)
    this.#tail = result.catch(() => {})
    return result
  }

  /** Resolves when every job that was added so far has ended. */
  async idle(): Promise<void> {
    await this.#tail
  }
}
