import { RequestError } from '../errors.ts'
import { quote } from '../text/refuse.ts'
import { type Command, longFlag } from './command.ts'
import { Context, type ContextOptions } from './context.ts'
import { commandOf } from './everyday.ts'
import { describeError, type ExitCode, errorToJson, exitCodeOf, restate } from './exit.ts'
import { toJson } from './format/json.ts'
import { type GlobalName, globalOptions } from './globals.ts'
import { ClosedPipe, type Io, UnwritableOutput } from './io.ts'
import { buildProgram, isGiven } from './program.ts'
import { type Entry, registry } from './registry.ts'

/**
 * Runs one command line, `argv` being what stands behind `physmem`. Everything is printed through
 * `io`; resolves to the exit code and never rejects.
 */
export async function runCli(
  argv: readonly string[],
  io: Io,
  options: ContextOptions = {},
): Promise<ExitCode> {
  let code: ExitCode = 0
  const print = (text: string) => io.stdout.write(text)
  const program = buildProgram(
    entriesFor(argv),
    io.stdout,
    async (name, command, settings, args, values) => {
      refuseMeaningless(name, command, (option) =>
        option === '--' ? argv.includes('--') : isGiven(program, option),
      )
      refuseUndashed(command, args, argv)
      const context = new Context(name, settings, io, options)
      code = await runCommand(context, command, args, values)
    },
  )
  try {
    await refuseHelpOfNone(argv)
    await program.parseAsync(argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv, {
      from: 'user',
    })
    return code
  } catch (thrown) {
    if (thrown instanceof ClosedPipe) return 0
    const { explainUsage } = await import('./usage.ts')
    const error = explainUsage(thrown, program, argv)
    if (error === undefined) return 0
    try {
      const lost = error instanceof UnwritableOutput
      if (argv.includes('--json') && !lost) {
        const command = registry.find(({ name }) => argv.includes(name))?.name ?? 'physmem'
        print(`${toJson({ command, error: errorToJson(error) })}\n`)
      }
      io.stderr.write(describeError(error))
    } catch {} // Nobody reads any more.
    const entry = registry.find(({ name }) => name === program.args[0])
    return exitCodeFor((await entry?.load())?.default, exitCodeOf(error))
  }
}

/** commander prints the help of all where that of a command is asked for which does not exist. */
async function refuseHelpOfNone(argv: readonly string[]): Promise<void> {
  const asked = argv[0] === 'help' || argv.includes('--help') || argv.includes('-h')
  const word = commandOf(argv[0] === 'help' ? argv.slice(1) : argv)
  if (!asked || word === '' || registry.some(({ name }) => name === word)) return
  const { unknownCommand } = await import('./usage.ts')
  throw unknownCommand(word)
}

/** A command that stands first is all that its line needs; to make the others takes longer than a read. */
function entriesFor([first]: readonly string[]): readonly Entry[] {
  const entry = registry.find(({ name }) => name === first)
  return entry ? [entry] : registry
}

function exitCodeFor(command: Command | undefined, usual: ExitCode): ExitCode {
  return command?.exitCode?.(usual) ?? usual
}

async function runCommand(
  context: Context,
  command: Command,
  args: Parameters<Command['run']>[1],
  values: Record<string, unknown>,
): Promise<ExitCode> {
  try {
    const code = await command.run(context, args, values as never)
    await context.ones.tell(context)
    context.finish()
    return exitCodeFor(command, code)
  } catch (error) {
    if (error instanceof ClosedPipe) throw error
    const told = error instanceof UnwritableOutput ? unprinted(context, error) : error
    if (told === error) context.printBefore(() => context.finish(error))
    context.io.stderr.write(describeError(told))
    await context.ones.tell(context)
    return exitCodeFor(command, exitCodeOf(error))
  } finally {
    await context.close()
  }
}

/** The error of a result that could not be printed, with what was done nevertheless. */
function unprinted({ done }: Context, error: UnwritableOutput): unknown {
  const { message, data } = error
  return restate(error, message, { progress: data.progress ?? done })
}

function refuseUndashed(
  command: Command,
  args: Parameters<Command['run']>[1],
  argv: readonly string[],
): void {
  const words = args[command.arguments.findIndex(({ behindDashes }) => behindDashes)]
  const dashes = argv.indexOf('--')
  const behind = dashes < 0 ? 0 : argv.length - dashes - 1
  if (!Array.isArray(words) || words.length <= behind) return
  throw new RequestError('EUSAGE', `${quote(words[0])}: a command goes behind --`)
}

function refuseMeaningless(
  name: string,
  { refuses = [] }: Command,
  isGiven: (option: GlobalName | '--') => boolean,
): void {
  const option = refuses.find(isGiven)
  if (option === undefined) return
  const flag = option === '--' ? option : longFlag(globalOptions[option])
  throw new RequestError('EUSAGE', `${flag} means nothing to ${name}: leave it out`)
}
