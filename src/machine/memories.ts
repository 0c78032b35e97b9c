import type { Pending } from '../base/pending.ts'
import { closedError } from '../memory/failure.ts'
import { closeAll } from './close-all.ts'
import type { Found, Opened } from './found.ts'

interface Kept {
  /** Of what was there when it was opened. */
  identity: string | undefined
  opened: Pending<Opened>
  isGone: boolean
}

/**
 * The memories of a machine: each is opened once for as long as what it is of stays there, and all are
 * closed together.
 */
export class Memories {
  readonly #machine: string
  readonly #replaced: () => void
  /** In the order in which they were opened: a later one may stand on an earlier one. */
  readonly #kept = new Map<string, Kept>()
  /** The ends of those that were left. */
  #leaving: Promise<unknown>[] = []
  #closed = false

  /** `machine` is what names it. `replaced` is told where something else is at the name of a memory. */
  constructor(machine: string, replaced: () => void = () => {}) {
    this.#machine = machine
    this.#replaced = replaced
  }

  /**
   * The memory of that key. One that was opened when something else was there, or that has found itself
   * to be of something gone, is left and closed: who still has it gets ECLOSED. Throws ECLOSED when the
   * machine is closed.
   */
  once({ key, identity, open }: Pick<Found, 'key' | 'identity' | 'open'>): Pending<Opened> {
    if (this.#closed) throw closedError(`the machine ${this.#machine}`)
    const kept = this.#kept.get(key)
    if (kept && kept.identity === identity && !kept.isGone) return kept.opened
    if (kept) this.#leave(key, kept)
    return this.#open(key, identity, open)
  }

  async #open(key: string, identity: string | undefined, open: Found['open']): Promise<Opened> {
    const gone = () => {
      kept.isGone = true
    }
    const kept: Kept = { identity, opened: open(gone), isGone: false }
    this.#kept.set(key, kept)
    try {
      const opened = await kept.opened
      kept.opened = opened
      return opened
    } catch (error) {
      // What was refused may be granted later: it is asked anew.
      if (this.#kept.get(key) === kept) this.#kept.delete(key)
      throw error
    }
  }

  /** Nobody waits for what still runs in it, but who closes all. */
  #leave(key: string, { opened }: Kept): void {
    this.#kept.delete(key)
    this.#replaced()
    const closing = Promise.resolve(opened).then(({ memory }) => memory.close())
    this.#leaving.push(closing.catch(() => {}))
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.renew()
  }

  /** Closes those that are open: who asks for one opens it anew. */
  async renew(): Promise<void> {
    const opened = [...this.#kept.values()].map(({ opened }) => opened)
    this.#kept.clear()
    await Promise.all(this.#leaving.splice(0))
    const memories = await Promise.allSettled(opened)
    await closeAll(
      memories
        .reverse()
        .flatMap((opened) => (opened.status === 'fulfilled' ? opened.value.memory : [])),
    )
  }
}
