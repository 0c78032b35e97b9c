/** What is recorded, as files of it need to know it. */
import type { Value, Width } from '../../base/width.ts'
import { extractBits } from '../../text/bits.ts'

/** Bits of a register that have a name of their own. */
export interface Signal {
  /** `FR` for the register itself, `TXFE` for a field. */
  name: string
  /** What it is in, from the outermost on: `UART0`, for a field `UART0` and `FR`. */
  scope: readonly string[]
  /** As a column is called: what the command line takes. */
  column: string
  /** Which of the values of a sample it is in. */
  read: number
  /** The width of that. */
  of: Width
  lsb: number
  width: number
}

/** Text that a file of samples is made of, piece by piece. Times rise. */
export interface SampleFormat {
  /** Before all samples. */
  head(): string
  sample(atNs: number, values: readonly Value[]): string
  /** From `atNs` on so many samples were lost. */
  lost(atNs: number, count: number): string
  /** Behind all samples: when the last one was, kept or not. */
  end(atNs: number): string
}

/** The value of a signal: a bigint where the register has 64 bits, as everywhere. */
export function signalValue({ read, of, lsb, width }: Signal, values: readonly Value[]): Value {
  const value = values[read] ?? 0
  if (lsb === 0 && width === of) return value
  return extractBits(value, { high: lsb + width - 1, low: lsb })
}
