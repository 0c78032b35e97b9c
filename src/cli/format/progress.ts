import type { Output } from '../io.ts'
import { showSize } from './size.ts'

/** How often the line is painted, in ms. */
const PAINT_MS = 100

/** How far a long job is: one line on a terminal's stderr, and nothing elsewhere. */
export class Progress {
  readonly #out: Output | undefined
  readonly #total: number
  readonly #startMs = performance.now()
  #paintedMs = performance.now()
  #painted = false

  constructor(out: Output, total: number, enabled: boolean) {
    this.#out = enabled && out.isTerminal ? out : undefined
    this.#total = total
  }

  update(done: number): void {
    const nowMs = performance.now()
    if (this.#out === undefined || nowMs - this.#paintedMs < PAINT_MS) return
    this.#paintedMs = nowMs
    this.#painted = true
    const percent = Math.floor((done / this.#total) * 100)
    const rate = showSize(Math.round((done / (nowMs - this.#startMs)) * 1000))
    const text = `${percent}%  ${showSize(done)} of ${showSize(this.#total)}  ${rate}/s`
    this.#out.write(`\r${text.slice(0, this.#out.columns - 1)}\x1b[K`)
  }

  /** Takes the line away. */
  end(): void {
    if (this.#painted) this.#out?.write('\r\x1b[K')
    this.#painted = false
  }
}
