/** How looks are shown, whatever shows them. */
import type { ReadElement } from '../../../operate/reading.ts'
import type { Base } from '../../../text/base.ts'

export interface WatchView {
  /** Shows one look. The elements are the same in every look, with other values. */
  show(elements: readonly ReadElement[]): void
  /** Something else was printed below the last look. */
  startBelow(): void
  /** Aborted when the person who looks has had enough. */
  readonly ended?: AbortSignal
  /** Resolves when the person wants the next look. */
  whenWanted?(): Promise<void>
  /** Gives the terminal back. */
  close?(): void
}

export interface WatchFormat {
  base: Base
  intervalUs: number
}
