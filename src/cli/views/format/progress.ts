import type { Output } from '../../frame/io.ts'
import { showSize } from './size.ts'

/** How often the line is painted, in ms. */
const PAINT_MS = 100

/** How far a long job is: one line on a terminal's stderr, and nothing elsewhere. */
export class Progress {
  readonly #out: Output | undefined
  readonly #total: number
  readonly #unit: string | undefined
  readonly #startMs = performance.now()
  #paintedMs = performance.now()
  #painted = false

  /** Counts bytes, or with `unit` these things. */
  constructor(out: Output, total: number, enabled: boolean, unit?: string) {
    this.#out = enabled && out.isTerminal ? out : undefined
    this.#total = total
    this.#unit = unit
  }

  update(done: number): void {
    const nowMs = performance.now()
    if (this.#out === undefined || nowMs - this.#paintedMs < PAINT_MS) return
    this.#paintedMs = nowMs
    this.#painted = true
    const percent = Math.floor((done / this.#total) * 100)
    const text = `${percent}%  ${this.#describe(done, nowMs - this.#startMs)}`
    this.#out.write(`\r${text.slice(0, this.#out.columns - 1)}\x1b[K`)
  }

  #describe(done: number, elapsedMs: number): string {
    if (this.#unit !== undefined) return `${done} of ${this.#total} ${this.#unit}`
    const rate = showSize(Math.round((done / elapsedMs) * 1000))
    return `${showSize(done)} of ${showSize(this.#total)}  ${rate}/s`
  }

  /** Takes the line away. */
  end(): void {
    if (this.#painted) this.#out?.write('\r\x1b[K')
    this.#painted = false
  }
}
