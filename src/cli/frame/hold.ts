import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { FILE_REASONS } from '../../base/errno.ts'
import { RefusedError } from '../../base/errors.ts'
import type { Context } from './context.ts'
import type { ExitCode } from './exit.ts'
import { ENDING_SIGNALS } from './io.ts'

/**
 * Keeps what a command has made: while `line`, a program and its arguments, runs, and then gives its
 * exit code; without one, until Ctrl-C or a signal, or until standard input ends, where that is a
 * pipe, or `lost` aborts. `env` is added to the program's environment.
 */
export async function hold(
  context: Context,
  line: readonly string[],
  env: Record<string, string> = {},
  lost?: AbortSignal,
): Promise<ExitCode> {
  const [program, ...words] = line
  if (program !== undefined) return run(context, program, words, env)
  const ends = AbortSignal.any([
    ...[context.io.interrupted(), context.io.inputEnded()],
    ...(lost === undefined ? [] : [lost]),
  ])
  // Neither signals nor the pipe keep the process.
  const keep = setInterval(() => {}, 2 ** 31 - 1)
  if (!ends.aborted) await new Promise((resolve) => ends.addEventListener('abort', resolve))
  clearInterval(keep)
  return 0
}

/** Signals are the program's, which decides what they mean; the terminal sends Ctrl-C to both. */
async function run(
  context: Context,
  program: string,
  words: readonly string[],
  env: Record<string, string>,
): Promise<ExitCode> {
  const child = spawn(program, words, { stdio: 'inherit', env: { ...process.env, ...env } })
  const forward = (signal: NodeJS.Signals) => {
    if (signal !== 'SIGINT' || !isatty(0)) child.kill(signal)
  }
  for (const signal of ENDING_SIGNALS) process.on(signal, forward)
  try {
    return await new Promise<ExitCode>((resolve, reject) => {
      child.once('error', (cause) => reject(notStarted(program, cause)))
      child.once('exit', (code, signal) => {
        context.io.endedBy = ENDING_SIGNALS.find((ending) => ending === signal)
        // As the shell has it; it is passed on as it is, and so may be any.
        resolve((code ?? 128 + (signal ? constants.signals[signal] : 0)) as ExitCode)
      })
    })
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, forward)
  }
}

function notStarted(program: string, cause: unknown): RefusedError {
  const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
  const reason =
    errno === 'ENOENT' ? 'there is no such program' : (FILE_REASONS[errno]?.[1] ?? errno)
  return new RefusedError('EOPEN', `${program} cannot be run: ${reason}`, { errno, input: program })
}
