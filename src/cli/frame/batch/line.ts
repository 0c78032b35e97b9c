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
export async function begin(
  { words, name, command, settings, args, values }: ParsedLine,
  io: Io,
  options: CliOptions,
): Promise<Waiting | ExitCode> {
  let start = () => {}
  const started = new Promise<void>((resolve) => {
    start = resolve
  })
  let waits = (_: 'waits') => {}
  const reached = new Promise<'waits'>((resolve) => {
    waits = resolve
  })
  const turn = () => {
    waits('waits')
    return started
  }
  const context = new Context(name, settings, io, { ...options, turn })
  const ended = runCommand(context, command, args, values, words, options.commands)
  const first = await Promise.race([reached, ended])
  if (first !== 'waits') return first
  return {
    act() {
      start()
      return ended
    },
    done: () => context.done,
  }
}
