import type { Workshop } from './workshop.ts'

/** What was measured in turn, round by round. */
export interface Rounds {
  ours: number[]
  theirs: number[]
}

export type Unit = 'ns' | 'µs' | 'ms' | 'MiB'

/** How a round's two figures become one: `ratio` ours/theirs, `speed` theirs/ours. */
export type Comparison = 'ratio' | 'speed' | 'difference'

/** One line of the table. */
export interface Row {
  /** For `--only`. */
  name: string
  what: string
  against: string
  /** Both in words for a reader who has never measured such a thing, on a row that comes first. */
  headline?: { what: string; against: string }
  unit: Unit
  comparison: Comparison
  /** Empty for a row that only informs. */
  target: { atMost?: number; atLeast?: number }
  /** Besides, what our own figure is to reach where nothing else runs: its best round counts. */
  idle?: { atMost: number }
  /** Why it cannot be measured here. */
  unavailable?(): string | undefined
  measure(workshop: Workshop): Promise<Rounds>
}
