import type { Io, Output } from './io.ts'

/**
 * Where a simulated board's consoles print: stderr, since stdout is the result of the command. What
 * follows begins a line of its own.
 */
export class BoardConsole {
  readonly #io: Pick<Io, 'stdout' | 'stderr'>
  #midLine = false

  constructor(io: Pick<Io, 'stdout' | 'stderr'>) {
    this.#io = io
  }

  print(byte: number): void {
    this.#out.write(Uint8Array.of(byte))
    this.#midLine = byte !== 0x0a
  }

  /** Ends the line that has begun: something else is said on stderr. */
  endLine(): void {
    if (this.#midLine) this.#out.write('\n')
    this.#midLine = false
  }

  /** The result comes: on a terminal that shows both it begins a line, and elsewhere they are apart. */
  beforeResult(): void {
    if (this.#midLine && this.#io.stdout.isTerminal) this.end()
  }

  /** Nothing more is printed: the bytes in a file or a pipe are the board's alone. */
  end(): void {
    if (this.#midLine && this.#out.isTerminal) this.endLine()
  }

  get #out(): Output {
    return this.#io.stderr
  }
}
