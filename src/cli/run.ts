import { type ErrorCode, RequestError } from '../errors.ts'
import type { Command } from './command.ts'
import { Context, type OpenMachine } from './context.ts'
import { describeError, type ExitCode, errorToJson, exitCodeOf } from './exit.ts'
import { toJson } from './format/json.ts'
import type { GlobalName, Settings } from './globals.ts'
import { ClosedPipe, type Io } from './io.ts'
import { buildProgram, isGiven } from './program.ts'
import { registry } from './registry.ts'

export interface RunOptions {
  /** Replaces the machines of `--target`, for tests. */
  openMachine?: OpenMachine
}

/**
 * Runs one command line, `argv` being what stands behind `physmem`. Everything is printed through
 * `io`; resolves to the exit code and never rejects.
 */
export async function runCli(
  argv: readonly string[],
  io: Io,
  options: RunOptions = {},
): Promise<ExitCode> {
  try {
    return await parseAndRun(argv, io, options)
  } catch (error) {
    if (error instanceof ClosedPipe) return 0
    try {
      if (argv.includes('--json')) io.stdout.write(`${toJson({ error: errorToJson(error) })}\n`)
      io.stderr.write(describeError(error))
    } catch {} // Nobody reads any more.
    return exitCodeOf(error)
  }
}

async function parseAndRun(
  argv: readonly string[],
  io: Io,
  { openMachine }: RunOptions,
): Promise<ExitCode> {
  let code: ExitCode = 0
  const print = (text: string) => io.stdout.write(text)
  const program = buildProgram(registry, print, async (name, command, settings, args, values) => {
    refuseMeaningless(name, command, (option) => isGiven(program, option))
    const context = new Context(name, settings, io, openMachine)
    code = await runCommand(context, command, args, values)
  })
  try {
    await program.parseAsync(argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv, {
      from: 'user',
    })
  } catch (error) {
    const { explainUsage, isCommanderError } = await import('./usage.ts')
    if (!isCommanderError(error)) throw error
    const explained = explainUsage(error, program)
    if (explained !== undefined) throw explained
  }
  return code
}

async function runCommand(
  context: Context,
  command: Command,
  args: Parameters<Command['run']>[1],
  values: Record<string, unknown>,
): Promise<ExitCode> {
  const exitCode = command.exitCode ?? ((usual: ExitCode) => usual)
  try {
    const code = await command.run(context, args, values as never)
    context.finish()
    return exitCode(code)
  } catch (error) {
    if (error instanceof ClosedPipe) throw error
    context.finish(error)
    context.io.stderr.write(describeError(error))
    return exitCode(exitCodeOf(error))
  } finally {
    await context.close()
  }
}

function refuseMeaningless(
  name: string,
  { refuses = [] }: Command,
  isGiven: (option: GlobalName) => boolean,
): void {
  const option = refuses.find(isGiven)
  if (option === undefined) return
  const code: ErrorCode = 'EUSAGE'
  throw new RequestError(code, `--${option} means nothing to ${name}: leave it out`)
}

export type { Settings }
