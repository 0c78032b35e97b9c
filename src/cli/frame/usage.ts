/** What commander finds wrong with a command line, said in the words of physmem. */

import type { Command as Commander, CommanderError } from 'commander'
import { RequestError } from '../../base/errors.ts'
import { didYouMean, type Hinted } from '../../text/hint.ts'
import { quote } from '../../text/refuse.ts'
import { accepted, nearest, suggesting } from '../../text/suggest.ts'
import type { Command, Entry } from './command.ts'
import { bareMessage, quotedIn } from './commander-texts.ts'
import { exampleLine } from './example-line.ts'
import { acceptedLine, type Grammar, shapeOf, withArguments } from './hints/line.ts'
import { neededArgument } from './option-spec.ts'
import { help, usageError } from './usage-error.ts'

/** The error to report, or `undefined` when help or the version was asked for and printed. */
export async function explainUsage(
  error: CommanderError,
  program: Commander,
  argv: readonly string[],
  grammar: Grammar,
): Promise<RequestError | undefined> {
  const sub = subcommandOf(program, argv)
  const asked = help(sub ? `${sub.name()} --help` : '--help')
  switch (error.code) {
    case 'commander.helpDisplayed':
    case 'commander.version':
      return undefined
    case 'commander.help':
      if (error.exitCode === 0) return undefined
      return new RequestError('EUSAGE', 'no command is given', help('--help'))
    case 'commander.unknownCommand': {
      const { unknownCommand } = await import('./unknown-command.ts')
      return await unknownCommand(argv, argv.indexOf(program.args[0] ?? ''), grammar)
    }
    case 'commander.unknownOption':
      return unknownOption(error, program, sub, argv, grammar)
    case 'commander.missingArgument':
      return usageError(await missing(program, sub, argv, grammar), asked)
    case 'commander.excessArguments':
      return usageError(await excess(sub, argv, grammar), asked)
    case 'commander.optionMissingArgument':
      return new RequestError('EUSAGE', withoutValue(error, program, sub), asked)
    default:
      return new RequestError('EUSAGE', bareMessage(error), asked)
  }
}

async function unknownOption(
  error: CommanderError,
  program: Commander,
  sub: Commander | undefined,
  argv: readonly string[],
  grammar: Grammar,
): Promise<RequestError> {
  const refused = quotedIn(error)
  // The version is that of the whole.
  const options = [...(sub?.options ?? []), ...program.options].filter(
    ({ long }) => sub === undefined || long !== '--version',
  )
  const known = options.flatMap(({ long }) => (long ? [long] : [])).concat('--help')
  const oneDash = inFullBehindOne(refused, argv, known)
  const flag = oneDash ?? refused
  const word = flag.replace(/=.*/s, '')
  const isOption = (text: string) => {
    if (!known.includes(text)) throw new RequestError('EUSAGE', text)
  }
  const near = word.startsWith('--') ? optionNear(word, known) : oneDash && `-${word}`
  const meant = suggesting(word, isOption, () => accepted(word, near))
  const name = sub?.name() ?? 'physmem'
  const behind = sub ? '' : ' (options of a command follow its name)'
  const negative = /^-[0-9]/.test(word)
    ? await acceptedLine(grammar, dashed(argv, word))
    : undefined
  const base = await acceptedLine(grammar, inBase(argv, word))
  const ranged = await rangedHabits(name)
  const length = await acceptedLine(grammar, ...(ranged?.optionHabits(name, argv, flag) ?? []))
  const count = await acceptedLine(grammar, counting(argv, word, known))
  const like = length ?? base ?? count ?? meant ?? negative
  const overlay = word === '--overlay' ? overlayAt(name, known) : ''
  const wrong = `${quote(word)} is not an option of ${name}${overlay}${(length && ranged?.unitOf(flag)) ?? ''}`
  const text =
    near === word
      ? `${near} takes no value: ${quote(flag)}`
      : didYouMean(like ? wrong : wrong + behind, like)
  return usageError(text, {
    input: flag,
    ...help(sub ? `${sub.name()} --help` : '--help'),
  })
}

/** The commands whose first word is a range, or the start of one, and `record`, whose files have options. */
const RANGED = ['dump', 'search', 'fill', 'compare', 'copy', 'load', 'record']

/** What was meant by their words; those of other commands are theirs. */
async function rangedHabits(command: string) {
  return RANGED.includes(command) ? await import('./hints/ranged.ts') : undefined
}

/** Where a command that has no `--overlay` takes one. */
function overlayAt(name: string, known: readonly string[]): string {
  if (name === 'lint') return ': give the overlay itself as FILE'
  return known.includes('--board') ? ': name it under "overlays" of a board file (--board)' : ''
}

/** The word of the line that has a name in full behind one dash; of `-verbose`, commander refuses `-erbose`. */
function inFullBehindOne(
  refused: string,
  argv: readonly string[],
  known: readonly string[],
): string | undefined {
  return argv.find(
    (word) => word.endsWith(refused.slice(1)) && known.includes(`-${word.replace(/=.*/s, '')}`),
  )
}

/** Behind the dashes: with them, a word as short as `hex` would be like many. */
function optionNear(word: string, known: readonly string[]): string | undefined {
  const bare = word.slice('--'.length)
  const isHelp = 'help'.startsWith(bare) || [...'help'].every((letter) => bare.includes(letter))
  const names = known.map((long) => long.slice('--'.length))
  const near = nearest(
    bare,
    names.filter((name) => name !== 'help' || isHelp),
  )
  return near === undefined ? undefined : `--${near}`
}

/** The line with `--base hex` in the place of `--hex`. */
function inBase(argv: readonly string[], word: string): string[] | undefined {
  const base = /^--(hex|dec|bin)$/.exec(word)?.[1]
  if (base === undefined) return undefined
  return argv.flatMap((other) => (other === word ? ['--base', base] : [other]))
}

/** The line with `--count` in the place of `-c`. */
function counting(argv: readonly string[], word: string, known: readonly string[]) {
  const isCount = word === '-c' && known.includes('--count')
  return isCount ? argv.with(argv.indexOf(word), '--count') : undefined
}

/** The line with `--` before a negative number, which commander takes for an option. */
function dashed(argv: readonly string[], word: string): string[] {
  const at = argv.indexOf(word)
  return [...argv.slice(0, at), '--', ...argv.slice(at)]
}

/** The command that was asked for; commander may stop before it says which. */
function subcommandOf(program: Commander, argv: readonly string[]): Commander | undefined {
  const words = program.args.length > 0 ? program.args.slice(0, 1) : argv
  return program.commands.find((command) => words.includes(command.name()))
}

async function commandOf(
  sub: Commander | undefined,
  commands: readonly Entry[],
): Promise<Command | undefined> {
  const entry = commands.find(({ name }) => name === sub?.name())
  return (await entry?.load())?.default
}

async function missing(
  program: Commander,
  sub: Commander | undefined,
  argv: readonly string[],
  grammar: Grammar,
): Promise<string | Hinted> {
  const words = sub?.args ?? []
  const command = await commandOf(sub, grammar.commands)
  const spec = command?.arguments[words.length]
  if (!sub || !command || !spec) throw new Error('a line lacks an argument of no command')
  const name = sub.name()
  const ranged = await rangedHabits(name)
  const habits = ranged?.lackHabits(name, words) ?? []
  const lines = habits.map((others) => withArguments(argv, words, others, grammar.commands))
  const lack = ranged?.lackOf(name, words)
  const wrong = lack ?? `${name} needs ${neededArgument(command.arguments, words.length)}`
  const input = spec.orInput ? ', or - for standard input' : ''
  const meant = await acceptedLine(grammar, ...lines)
  if (meant !== undefined) return didYouMean(wrong + input, meant)
  if (lack !== undefined) return lack
  const example = await exampleLine({ ...grammar, argv, command, program, sub })
  if (example === undefined) return `${wrong}: ${spec.description}`
  return `${wrong}${input}, such as ${example}`
}

async function excess(
  sub: Commander | undefined,
  argv: readonly string[],
  grammar: Grammar,
): Promise<string | Hinted> {
  const { commands } = grammar
  const command = await commandOf(sub, commands)
  const name = sub?.name() ?? ''
  const words = sub?.args ?? []
  const taken = command?.arguments.length ?? 0
  const first = quote(words[taken] ?? '')
  const habits = (await rangedHabits(name))?.excessHabits(name, words) ?? []
  const lines = habits.map((others) => withArguments(argv, words, others, commands))
  const meant = await acceptedLine(grammar, ...lines)
  const shape = command && taken > 0 ? shapeOf(command) : 'no arguments'
  return didYouMean(`${name} takes ${shape}: ${first} is too much`, meant)
}

function withoutValue(
  error: CommanderError,
  program: Commander,
  sub: Commander | undefined,
): string {
  const flags = quotedIn(error)
  const options = [...(sub?.options ?? []), ...program.options]
  const option = options.find((one) => one.flags === flags)
  const name = option?.long ?? flags
  return `${name} needs a value${option ? `: ${option.description}` : ''}`
}
