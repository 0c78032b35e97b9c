/** Comma-separated values, after RFC 4180 except for line feeds as of any text: a row a sample. */
import type { Value } from '../../base/width.ts'
import { type SampleFormat, type Signal, signalValue } from './signal.ts'

/** The last column has the number of samples that were lost, in a row of their own. */
export class Csv implements SampleFormat {
  readonly #signals: readonly Signal[]
  readonly #show: (value: Value, width: number) => string

  constructor(signals: readonly Signal[], show: (value: Value, width: number) => string) {
    this.#signals = signals
    this.#show = show
  }

  head(): string {
    return row(['time_ns', ...this.#signals.map(({ column }) => column), 'lost'])
  }

  sample(atNs: number, values: readonly Value[]): string {
    const shown = this.#signals.map((signal) =>
      this.#show(signalValue(signal, values), signal.width),
    )
    return row([`${atNs}`, ...shown, ''])
  }

  lost(atNs: number, count: number): string {
    return row([`${atNs}`, ...this.#signals.map(() => ''), `${count}`])
  }

  end(): string {
    return ''
  }
}

function row(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\n`
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
