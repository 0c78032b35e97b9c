/** A JSON document a sample, one a line. */
import type { Value } from '../../base/width.ts'
import { type SampleFormat, type Signal, signalValue } from './signal.ts'

/** A sample as a document: its signals by their names. */
export interface SampleLine {
  /** Nanoseconds since the start. */
  atNs: number
  values: Record<string, Value>
}

/** Samples that were lost, from this time on. */
export interface LostLine {
  atNs: number
  lost: number
}

export class JsonLines implements SampleFormat {
  readonly #signals: readonly Signal[]
  readonly #toJson: (document: SampleLine | LostLine) => string

  constructor(signals: readonly Signal[], toJson: (document: SampleLine | LostLine) => string) {
    this.#signals = signals
    this.#toJson = toJson
  }

  head(): string {
    return ''
  }

  sample(atNs: number, values: readonly Value[]): string {
    return `${this.#toJson({ atNs, values: this.#named(values) })}\n`
  }

  lost(atNs: number, count: number): string {
    return `${this.#toJson({ atNs, lost: count })}\n`
  }

  end(): string {
    return ''
  }

  #named(values: readonly Value[]): Record<string, Value> {
    const entries = this.#signals.map(
      (signal) => [signal.column, signalValue(signal, values)] as const,
    )
    return Object.fromEntries(entries)
  }
}
