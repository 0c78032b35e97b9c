import type { Pending } from '../../../base/pending.ts'
import type { Act, Parsing } from '../command.ts'
import { Context } from '../context.ts'
import type { Origin } from '../context-options.ts'
import type { ExitCode } from '../exit.ts'
import type { Io } from '../io.ts'
import { type CliOptions, type ParsedLine, runCommand } from '../run-command.ts'

/** A command that has parsed what it was given, and waits for its turn to act. */
export interface Waiting {
  /** Lets it act; gives its exit code when it has ended. */
  act(): Pending<ExitCode>
  /** What it has done, once it has ended, to be said when its result cannot be printed. */
  done(): string | undefined
}

/**
 * Begins a command. Before its turn it only parses what it was given: where that is wrong it says so
 * and ends, and the result is its exit code.
 */
export function begin(
  line: ParsedLine,
  io: Io,
  options: CliOptions,
  origin?: Origin,
): Promise<Waiting | ExitCode> {
  return new Promise((resolve, reject) => {
    const turn = () =>
      new Promise<void>((start) => {
        const act = () => {
          start()
          return ended
        }
        resolve({ act, done: () => context.done })
      })
    const context = new Context(line.name, line.settings, io, { ...options, turn }, origin)
    const ended = Promise.resolve(runCommand(context, line, options.commands))
    ended.then(resolve, reject)
  })
}

/**
 * What is left to be done of a line whose command parses apart from acting; `undefined` for every
 * other line, and for one that is wrong: to begin it says why.
 */
export function parsedAct(
  { command, args, values }: ParsedLine,
  parsing: Parsing,
): Act | undefined {
  try {
    return command.parse?.(parsing, args, values as never)
  } catch {
    return undefined
  }
}
