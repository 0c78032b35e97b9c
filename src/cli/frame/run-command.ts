import { PhysmemError, RequestError } from '../../base/errors.ts'
import { after, attempt, lastly, type Pending } from '../../base/pending.ts'
import { retell } from '../../base/retell.ts'
import { NO_FILES } from '../../linux/no-files.ts'
import { isSimulated } from '../../machine/facilities.ts'
import { type Act, type Argument, type Command, type Entry, runInTurn } from './command.ts'
import type { Context } from './context.ts'
import type { ContextOptions } from './context-options.ts'
import { type ExitCode, exitCodeOf } from './exit.ts'
import { defaultSettings, type Settings } from './globals.ts'
import { ClosedPipe, stopperOf, UnwritableOutput } from './io.ts'

/** What a command line is run with. */
export interface CliOptions extends ContextOptions {
  /** All commands that there are. */
  commands: readonly Entry[]
  /** Whether the start has seen that no group and no board file says which machine is meant. */
  saysMachine?: true
  /** The global options where the line gives none. Default: as the environment has them. */
  defaults?: Settings
}

/** A command line, taken apart. */
export interface ParsedLine {
  /** As it was written. */
  words: readonly string[]
  name: string
  command: Command
  settings: Settings
  args: readonly Argument[]
  values: Record<string, unknown>
}

/**
 * Runs a command, or what is left to be done of it, and prints what is due at its end; throws, or
 * rejects with, a ClosedPipe only.
 */
export function runCommand(
  context: Context,
  line: ParsedLine,
  commands: readonly Entry[],
  act: Act = () => runInTurn(context, line.command, line.args, line.values),
): Pending<ExitCode> {
  const run = () =>
    after(act(context), (code) =>
      after(context.tellOfSilence(), () => {
        context.finish()
        return exitCodeFor(line.command, code)
      }),
    )
  return lastly(
    () => attempt(run, (thrown) => fail(context, line, commands, thrown)),
    () => context.close(),
  )
}

async function fail(
  context: Context,
  line: ParsedLine,
  commands: readonly Entry[],
  thrown: unknown,
): Promise<ExitCode> {
  if (thrown instanceof ClosedPipe) throw thrown
  const isOfWords = thrown instanceof RequestError && refusesWords(thrown, line.name)
  const { again } = context.options
  if (again && isOfWords) return again()
  const error = isOfWords ? await advised(context, line, commands, thrown) : thrown
  const told =
    error instanceof UnwritableOutput ? withDone(error, context.done) : stopped(context, error)
  if (!(error instanceof UnwritableOutput)) context.printBefore(() => context.finish(told))
  context.tell(told)
  await context.tellOfSilence()
  return exitCodeFor(line.command, exitCodeOf(error))
}

/** Whether others may have been meant than the words of the line; nothing was done then. */
function refusesWords({ code }: RequestError, name: string): boolean {
  return code === 'ESYNTAX' || code === 'ESCHEME' || (name === 'load' && code === 'ENOPLACE')
}

async function advised(
  context: Context,
  { words: argv, command, args }: ParsedLine,
  commands: readonly Entry[],
  error: RequestError,
): Promise<RequestError> {
  const { advise, withKindsThere } = await import('./hints/advise.ts')
  const { target, targetFrom } = context.settings
  const from = targetFrom === undefined ? {} : { targetFrom }
  const defaults = { ...defaultSettings({}), target, ...from }
  const line = { name: context.command, command, args, argv, commands, defaults }
  const files = context.facts?.files ?? NO_FILES
  const board = isSimulated(target) ? { board: () => context.board() } : {}
  const there = withKindsThere(error, context.command, target)
  return advise(there, { ...line, ...board, files })
}

/** The error of a result that could not be printed, with what was done nevertheless. */
export function withDone(error: UnwritableOutput, done: string | undefined): unknown {
  return retell(error, { data: { progress: error.data.progress ?? done } })
}

/** What a signal stopped is said with its name. */
function stopped({ io }: Context, error: unknown): unknown {
  if (!(error instanceof PhysmemError) || error.code !== 'EABORT') return error
  const { stoppedAfter, unsure } = error.data
  const more = unsure === undefined ? stoppedAfter : `the connection ended, too; ${unsure}`
  const after = more === undefined ? '' : `: ${more}`
  return retell(error, { message: `stopped (${stopperOf(io)})${after}` })
}

/** The exit code of a command, where the usual one would be this. */
export function exitCodeFor(command: Command | undefined, usual: ExitCode): ExitCode {
  return command?.exitCode?.(usual) ?? usual
}
