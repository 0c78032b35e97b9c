import { Context } from '../context.ts'
import type { ExitCode } from '../exit.ts'
import type { Io } from '../io.ts'
import { type CliOptions, runCommand } from '../run-command.ts'
import type { ParsedLine } from './parser.ts'

/** A command that has begun, and waits for its turn to act. */
export interface Waiting {
  /** Lets it act; resolves when it has ended. */
  act(): Promise<ExitCode>
  /** What it has done, once it has ended, to be said when its result cannot be printed. */
  done(): string | undefined
}

/**
 * Begins a command. Before its turn it only parses what it was given: where that is wrong it says so
 * and ends, and the result is its exit code.
 */
export function begin(
  { words, name, command, settings, args, values }: ParsedLine,
  io: Io,
  options: CliOptions,
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
    const context = new Context(name, settings, io, { ...options, turn })
    const ended = runCommand(context, command, args, values, words, options.commands)
    ended.then(resolve, reject)
  })
}
