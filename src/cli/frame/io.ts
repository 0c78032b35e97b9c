import { AccessError } from '../../base/errors.ts'
import type { Key } from './keys.ts'

/** One stream that a command prints on. */
export interface Output {
  /** Returns when the text is written; a closed pipe throws a ClosedPipe, and what else is wrong an UnwritableOutput. */
  write(data: string | Uint8Array): void
  /** Whether a person looks at it. Asking costs a little: only where it matters. */
  readonly isTerminal: boolean
  /** Whether colours and highlights may be used: NO_COLOR forbids them. */
  readonly hasColors: boolean
  /** Whether it takes more than ASCII: the locale says so. */
  readonly hasUnicode: boolean
  readonly columns: number
  readonly rows: number
}

/** The signals that ask a process to end, of which Ctrl-C is the first. */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
export type EndingSignal = (typeof ENDING_SIGNALS)[number]

/** What a command sees of the world, besides memories and files. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  /**
   * Aborted by Ctrl-C, and by the signals that ask a process to end. Only a command that asks keeps
   * them from ending the process at once.
   */
  interrupted(): AbortSignal
  /**
   * The signal that ended the command, or the program that it ran. When all is cleaned up the process
   * dies of it, so that whoever started it knows.
   */
  endedBy?: EndingSignal | undefined
  /**
   * All that comes through standard input, at most `most` bytes. Rejects with EUSAGE where it is a
   * terminal, with ERANGE where there is more, and with EIO where it cannot be read.
   */
  readInput(most: number): Promise<Uint8Array>
  /** Aborted when standard input has ended, where it is a pipe. What comes through it is dropped. */
  inputEnded(): AbortSignal
  /**
   * Calls `onKey` for each key that is pressed, until the returned function is called. `undefined`
   * where standard input and output are not both a terminal: then nothing is read.
   */
  keys?(onKey: (key: Key) => void): (() => void) | undefined
}

/** The reader of a pipe went away, as `head` does: there is nobody left to tell. */
export class ClosedPipe extends Error {}

/** Standard output takes no more, as on a full disk. `data.bytes` of the last write were taken. */
export class UnwritableOutput extends AccessError {}

/** What stopped a command, as people call it. */
export function stopperOf({ endedBy = 'SIGINT' }: Io): string {
  return endedBy === 'SIGINT' ? 'Ctrl-C' : endedBy
}
