interface Waiting {
  acts: Set<() => void>
  listener: () => void
}

/** What is to be done when signals abort: one listener a signal, since Node warns of more than ten. */
export class Stops {
  readonly #waiting = new Map<AbortSignal, Waiting>()

  /** Calls `act` when the signal aborts, unless what this returns was called before. */
  add(signal: AbortSignal, act: () => void): () => void {
    const { acts, listener } = this.#waitingFor(signal)
    const own = () => act()
    acts.add(own)
    return () => {
      acts.delete(own)
      if (acts.size > 0) return
      signal.removeEventListener('abort', listener)
      this.#waiting.delete(signal)
    }
  }

  #waitingFor(signal: AbortSignal): Waiting {
    const known = this.#waiting.get(signal)
    if (known) return known
    const acts = new Set<() => void>()
    const listener = () => {
      for (const act of [...acts]) act()
    }
    const waiting = { acts, listener }
    signal.addEventListener('abort', listener)
    this.#waiting.set(signal, waiting)
    return waiting
  }
}
