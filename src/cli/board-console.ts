import type { Output } from './io.ts'

/**
 * Where a simulated board's consoles print: stderr, since stdout is the result of the command. What
 * follows begins a line of its own.
 */
export class BoardConsole {
  readonly #out: Output
  #midLine = false

  constructor(out: Output) {
    this.#out = out
  }

  print(byte: number): void {
    this.#out.write(Uint8Array.of(byte))
    this.#midLine = byte !== 0x0a
  }

  /** Ends the line that has begun. */
  endLine(): void {
    if (this.#midLine) this.#out.write('\n')
    this.#midLine = false
  }
}
