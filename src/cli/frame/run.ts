import { CommanderError } from 'commander'
import { errorToJson } from '../../report/error.ts'
import { toJson } from '../../report/json.ts'
import { checkLine } from './check-line.ts'
import type { Entry } from './command.ts'
import { Context } from './context.ts'
import { describeError, type ExitCode, exitCodeOf } from './exit.ts'
import { defaultSettings } from './globals.ts'
import { ClosedPipe, type Io, UnwritableOutput } from './io.ts'
import { buildProgram } from './program.ts'
import { refuseUnknown } from './refuse-unknown.ts'
import { type CliOptions, exitCodeFor, runCommand } from './run-command.ts'
import type { TargetLine, Targets } from './several/target-line.ts'
import { commandAt, withScriptApart } from './words.ts'

/**
 * Runs one command line, `argv` being what follows `physmem`. Everything is printed through
 * `io`; resolves to the exit code and never rejects.
 */
export async function runCli(
  words: readonly string[],
  io: Io,
  options: CliOptions,
): Promise<ExitCode> {
  const argv = withHelpLast(withScriptApart(words))
  const { commands } = options
  let code: ExitCode = 0
  const print = (text: string) => io.stdout.write(text)
  const { defaults = defaultSettings(options.env ?? process.env) } = options
  const program = buildProgram(
    entriesFor(argv, commands),
    io.stdout,
    defaults,
    async (name, command, ...given) => {
      const [parsed, args, values] = given
      const asked = { name, command, settings: parsed, values }
      const { settings, targets } = await targetsFor(asked, io, options)
      const [target = settings.target] = targets
      for (const target of targets) {
        checkLine(program, argv, name, command, { ...settings, target }, args)
      }
      const line = { words: argv, name, command, settings, args, values }
      if (targets.length > 1 && command.severally !== 'by itself') {
        const { runSeveral } = await import('./several/run.ts')
        code = await runSeveral(line, targets, io, options)
        return
      }
      const { targets: _, ...others } = settings
      const all = targets.length > 1 ? { targets } : {}
      const context = new Context(name, { ...others, ...all, target }, io, options)
      code = await runCommand(context, line, commands)
    },
  )
  try {
    await refuseUnknown(argv, { commands, defaults })
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (thrown) {
    if (thrown instanceof ClosedPipe) return 0
    let error = thrown
    if (thrown instanceof CommanderError) {
      if (options.again) return options.again()
      const { explainUsage } = await import('./usage.ts')
      error = await explainUsage(thrown, program, argv, { commands, defaults })
    }
    if (error === undefined) return 0
    try {
      const lost = error instanceof UnwritableOutput
      if (argv.includes('--json') && !lost) {
        const command = commands.find(({ name }) => argv.includes(name))?.name ?? 'physmem'
        print(`${toJson({ command, error: errorToJson(error) })}\n`)
      }
      io.stderr.write(describeError(error))
    } catch {} // Nobody reads any more.
    const entry = commands.find(({ name }) => name === program.args[0])
    return exitCodeFor((await entry?.load())?.default, exitCodeOf(error))
  }
}

/** What the line is run for: most lines have one target, which is what they say. */
async function targetsFor(line: TargetLine, io: Io, options: CliOptions): Promise<Targets> {
  const { settings } = line
  if (options.saysMachine) return { settings, targets: [settings.target] }
  const { targetsOf } = await import('./several/targets.ts')
  return targetsOf(line, io, options)
}

/** `help`, and `--help` in front of a command, ask for the help of the command after them. */
function withHelpLast(argv: readonly string[]): readonly string[] {
  const at = commandAt(argv)
  const asking = (word: string, index: number) =>
    index === at ? word === 'help' : index < at && (word === '--help' || word === '-h')
  if (!argv.some(asking)) return argv
  const words = argv.filter((word, index) => !asking(word, index))
  if (words[commandAt(words)] === 'help') return withHelpLast(words)
  // What follows `--` is another program's.
  const end = words.includes('--') ? words.indexOf('--') : words.length
  return [...words.slice(0, end), '--help', ...words.slice(end)]
}

/** A command that stands first is all that its line needs; to make the others takes longer than a read. */
function entriesFor([first]: readonly string[], commands: readonly Entry[]): readonly Entry[] {
  const entry = commands.find(({ name }) => name === first)
  return entry ? [entry] : commands
}
