import { setImmediate } from 'node:timers/promises'

/** Rare enough to cost nothing, and sooner than a person notices. */
const EVERY_MS = 20

/** Lets the event loop turn now and then, so that lines which never wait leave Ctrl-C a turn. */
export class Pause {
  #due = performance.now() + EVERY_MS

  async ifDue(): Promise<void> {
    if (performance.now() < this.#due) return
    await setImmediate()
    this.#due = performance.now() + EVERY_MS
  }
}
