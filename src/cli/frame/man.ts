/** The man page, made from what `--help` says: roff as man(7) has it. */
import type { Command, Entry } from './command.ts'
import { globalOptions } from './globals.ts'
import { overview } from './help.ts'
import { type OptionSpec, type OptionSpecs, patternOf } from './option-spec.ts'
import { version } from './version.ts'

export interface ManCommand extends Pick<Entry, 'name' | 'summary'> {
  command: Command
}

/** The whole page, physmem(1). */
export function manPage(commands: readonly ManCommand[]): string {
  const lines = [
    `.TH PHYSMEM 1 "" "physmem ${roff(version)}" "User Commands"`,
    ...section('NAME', ['physmem \\- read, write, wait on and dump physical memory and registers']),
    ...section('SYNOPSIS', ['.B physmem', '[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]']),
    ...section('OPTIONS', [
      'They may stand before or after a command, and each command takes those that apply to it.',
      ...optionLines(globalOptions),
    ]),
    ...section('PLACES', ['.nf', ...overview.places.map(roff), '.fi']),
    ...overview.grammar.flatMap(([title, text]) => tagged(title, roff(text))),
    ...section('COMMANDS', commands.flatMap(commandLines)),
    ...section('EXAMPLES', ['.nf', ...overview.examples.map(roff), '.fi']),
    ...section(
      'ENVIRONMENT',
      overview.environment.flatMap(([name, meaning]) =>
        tagged(`\\fB${roff(name)}\\fR`, roff(meaning)),
      ),
    ),
    ...section('EXIT STATUS', overview.exitCodes.split(', ').flatMap(exitLine)),
    '.PP',
    roff(overview.signals),
  ]
  return `${lines.join('\n')}\n`
}

function commandLines({ name, summary, command }: ManCommand): string[] {
  const { arguments: args, options, notes = [], examples, refuses = [] } = command
  const refused = refuses.flatMap((option) => (option === '--' ? [] : [flagsOf(option)]))
  return [
    `.SS "physmem ${[name, ...args.map(patternOf)].map(roff).join(' ')}"`,
    `${roff(capital(summary))}.`,
    ...args.flatMap((argument) => tagged(roff(patternOf(argument)), roff(argument.description))),
    ...optionLines(options),
    ...Object.entries(command.meanings ?? {}).flatMap(([option, meaning]) =>
      tagged(`\\fB${roff(flagsOf(option as keyof typeof globalOptions))}\\fR`, roff(meaning)),
    ),
    ...notes.flatMap((note) => ['.PP', roff(note)]),
    ...(refused.length === 0 ? [] : ['.PP', `It does not take ${roff(refused.join(', '))}.`]),
    ...examples.flatMap(([line, meaning]) =>
      tagged(`\\fBphysmem ${roff(line)}\\fR`, roff(meaning)),
    ),
  ]
}

function optionLines(specs: OptionSpecs): string[] {
  return Object.values(specs as Record<string, OptionSpec<unknown>>).flatMap((spec) => {
    const { flags, description, fallbackText } = spec
    const fallback = fallbackText === undefined ? '' : ` (default: ${fallbackText})`
    return tagged(`\\fB${roff(flags)}\\fR`, roff(description + fallback))
  })
}

const flagsOf = (option: keyof typeof globalOptions): string => globalOptions[option].flags

function exitLine(text: string): string[] {
  const [code = '', ...meaning] = text.split(' ')
  return tagged(`\\fB${code}\\fR`, roff(meaning.join(' ')))
}

const tagged = (tag: string, text: string): string[] => ['.TP', tag, text]

const section = (title: string, lines: readonly string[]): string[] => [`.SH "${title}"`, ...lines]

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** Nothing in it is a request or an escape: groff_char(7), man(7). */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll('\u2026', '...')
    .replaceAll('\u00b5', '\\(mc')
    .replace(/^\./, '\\&.')
}
