import { setImmediate } from 'node:timers/promises'
import type { Pending } from '../../../base/pending.ts'

/** Rare enough to cost nothing, and sooner than a person notices. */
const EVERY_MS = 20

/** Lets the event loop turn now and then, so that lines which never wait leave Ctrl-C a turn. */
export class Pause {
  #due = performance.now() + EVERY_MS

  ifDue(): Pending<void> {
    if (performance.now() >= this.#due) return this.#pause()
  }

  async #pause(): Promise<void> {
    await setImmediate()
    this.#due = performance.now() + EVERY_MS
  }
}
