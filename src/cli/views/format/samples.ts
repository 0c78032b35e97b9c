import type { Value } from '../../../base/width.ts'
import { type SampleFormat, type Signal, signalValue } from '../../../operate/record/signal.ts'
import type { Base } from '../../../text/base.ts'
import { counted } from '../../../text/count.ts'
import { showValue } from './value.ts'

/** Samples as people read them: a line each, or with `quiet` the values only. */
export class SampleText implements SampleFormat {
  readonly #signals: readonly Signal[]
  readonly #base: Base
  readonly #quiet: boolean

  constructor(signals: readonly Signal[], { base, quiet }: { base: Base; quiet: boolean }) {
    this.#signals = signals
    this.#base = base
    this.#quiet = quiet
  }

  head(): string {
    return ''
  }

  sample(atNs: number, values: readonly Value[]): string {
    const shown = this.#signals.map((signal) => {
      const value = showValue(signalValue(signal, values), signal.width, this.#base)
      return this.#quiet ? value : `  ${signal.column} ${value}`
    })
    return this.#quiet ? `${shown.join(' ')}\n` : `${after(atNs)}${shown.join('')}\n`
  }

  lost(atNs: number, count: number): string {
    return this.#quiet ? '' : `${after(atNs)}  ${counted(count, 'sample')} lost\n`
  }

  end(): string {
    return ''
  }
}

/** A time since the start, in microseconds: what is faster nobody reads from a terminal. */
function after(atNs: number): string {
  return `after ${(atNs / 1e6).toFixed(3)} ms`
}
