/** What commander finds wrong with a command line, said in the words of physmem. */
import { type Command as Commander, CommanderError } from 'commander'
import { RequestError } from '../errors.ts'
import { parseAssignment } from '../place/assignment.ts'
import { parseOperandOrRange } from '../place/range.ts'
import { clip, quote } from '../text/refuse.ts'
import { nearest } from '../text/suggest.ts'
import { registry } from './registry.ts'

/** The error to report, or `undefined` when help or the version was asked for and printed. */
export function explainUsage(error: unknown, program: Commander, argv: readonly string[]): unknown {
  if (!(error instanceof CommanderError)) return error
  switch (error.code) {
    case 'commander.helpDisplayed':
    case 'commander.version':
      return undefined
    case 'commander.help':
      if (error.exitCode === 0) return undefined
      return new RequestError('EUSAGE', 'no command is given', help('--help'))
    case 'commander.unknownCommand':
      return unknownCommand(program.args[0] ?? '')
    case 'commander.unknownOption':
      return unknownOption(error, program, subcommandOf(program, argv))
    default: {
      const sub = subcommandOf(program, argv)
      const message = error.message.replace(/^error: /, '')
      return new RequestError('EUSAGE', message, help(`${sub?.name() ?? ''} --help`))
    }
  }
}

function help(line: string) {
  return { cure: `see physmem ${line.trim()}` }
}

/** The error of a word that stands where a command should. */
export function unknownCommand(word: string): RequestError {
  const names = registry.filter(({ hidden }) => !hidden).map(({ name }) => name)
  const near = nearest(word, names) ?? (isPlace(word) ? guessFor(word) : undefined)
  const hint = near === undefined ? '' : `, did you mean ${near}?`
  const message = `${quote(word)} is not a command${hint}`
  return new RequestError('EUSAGE', message, { input: word, ...help('--help') })
}

function guessFor(word: string): string {
  return `${word.includes('=') ? 'write' : 'read'} ${clip(word)}`
}

/** Whether a word that stands where a command should is a place, a range or an assignment. */
function isPlace(word: string): boolean {
  try {
    if (word.includes('=')) parseAssignment(word)
    else parseOperandOrRange(word)
    return true
  } catch {
    return false
  }
}

function unknownOption(
  error: CommanderError,
  program: Commander,
  sub: Commander | undefined,
): RequestError {
  const flag = /'(.*)'/s.exec(error.message)?.[1] ?? ''
  const word = flag.replace(/=.*/s, '')
  const options = [...(sub?.options ?? []), ...program.options]
  const known = options.flatMap(({ long }) => (long ? [long] : [])).concat('--help')
  const near = word.startsWith('--') ? nearest(word, known) : undefined
  const name = sub?.name() ?? 'physmem'
  const hint = near === undefined ? '' : `, did you mean ${near}?`
  const behind = sub ? '' : ' (options of a command stand behind its name)'
  const message =
    near === word
      ? `${near} takes no value: ${quote(flag)}`
      : `${quote(word)} is not an option of ${name}${hint}${near ? '' : behind}`
  return new RequestError('EUSAGE', message, {
    input: flag,
    ...help(sub ? `${sub.name()} --help` : '--help'),
  })
}

/** The command that was asked for; commander may stop before it says which. */
function subcommandOf(program: Commander, argv: readonly string[]): Commander | undefined {
  const words = program.args.length > 0 ? program.args.slice(0, 1) : argv
  return program.commands.find((command) => words.includes(command.name()))
}
