import { setImmediate } from 'node:timers/promises'
import type { Pending } from '../../../base/pending.ts'

/** Rare enough to cost nothing, and sooner than a person notices. */
const EVERY_S = 0.02

/** Lets the event loop turn now and then, so that lines which never wait leave Ctrl-C a turn. */
export class Pause {
  #due = process.uptime() + EVERY_S

  ifDue(): Pending<void> {
    if (process.uptime() >= this.#due) return this.#pause()
  }

  async #pause(): Promise<void> {
    await setImmediate()
    this.#due = process.uptime() + EVERY_S
  }
}
