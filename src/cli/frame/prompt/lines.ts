import type { Io } from '../io.ts'

/** What is typed into: where a line is asked for, and what helps with it. */
export interface Typing {
  prompt: string
  /** Earlier lines, the newest first. */
  history: readonly string[]
  /** What fits the line up to the cursor. Never rejects. */
  complete: (line: string) => Promise<Completions>
}

/** What may take the place of the last part of a line. */
export interface Completions {
  texts: readonly string[]
  /** That part, as it was typed. */
  replaced: string
}

/** A terminal at which somebody types lines, and stops what they run. */
export interface Lines {
  /** Of what is typed, or runs: Ctrl-C aborts it, and the next line has another. */
  readonly signal: AbortSignal
  /** The next line. `undefined` when none will come: Ctrl-D, a terminal that is gone, a signal that ends. */
  next(typing: Typing): Promise<string | undefined>
  /**
   * Has `act` run a line, with the streams and keys of the terminal. Ctrl-C aborts `interrupted()`, and
   * ends nothing else; a second one ends the process.
   */
  during<T>(act: (io: Io) => Promise<T>): Promise<T>
  /** Gives the terminal back meanwhile, for programs that ask on it: their Ctrl-C reaches them, too. */
  lent<T>(act: () => Promise<T>): Promise<T>
  /** Gives the terminal back for good. */
  close(): void
}

/** `undefined` where standard input and output are not both a terminal. */
export type OpenLines = (io: Io) => Lines | undefined
