import { Command as Commander, Argument as CommanderArgument, Help, Option } from 'commander'
import { RequestError } from '../../base/errors.ts'
import type { Entry } from './command.ts'
import { type Argument, type Command, refusedOptions } from './command.ts'
import { type GlobalName, globalOptions, type Settings } from './globals.ts'
import { helpText, overviewText } from './help.ts'
import { commandUsage, helpColumns, helpItem, termColumns } from './help-layout.ts'
import type { Output } from './io.ts'
import { refuseMisspelt } from './misspelt-option.ts'
import { longFlag, type OptionSpec, type OptionSpecs, patternOf } from './option-spec.ts'
import { version } from './version.ts'

/** Where a line that is only parsed prints its help. */
export const nowhere: Pick<Output, 'write' | 'columns'> = { write() {}, columns: 80 }

/** Called with the command that was asked for, when its command line is in order. */
export type Act = (
  name: string,
  command: Command,
  settings: Settings,
  args: readonly Argument[],
  options: Record<string, unknown>,
) => Promise<void>

/**
 * The parser of the whole command line. Every command is known by name; the arguments and options
 * of the one that is asked for are loaded and added when its name was read.
 */
export function buildProgram(
  entries: readonly Entry[],
  out: Pick<Output, 'write' | 'columns'>,
  defaults: Settings,
  act: Act,
): Commander {
  const completed = new Set<Commander>()
  const program = new Commander('physmem')
    .description('Read, write, wait on and dump physical memory and hardware registers.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => out.write(text),
      getOutHelpWidth: () => helpColumns(out),
      writeErr: () => {},
      outputError: () => {},
    })
    .configureHelp({
      showGlobalOptions: true,
      padWidth: (asked, helper) => termColumns(asked, helper),
      formatItem: (...item) => helpItem(...item),
    })
    .addHelpText('after', () => overviewText(helpColumns(out)))
  for (const spec of Object.values(globalOptions)) addOption(program, spec)
  for (const { name, summary, hidden = false } of entries) {
    program.command(name, { hidden }).description(summary)
  }
  program.hook('preSubcommand', async (_, sub) => {
    const entry = entries.find(({ name }) => name === sub.name())
    if (entry === undefined) return
    if (completed.has(sub)) return // It parses several lines.
    const { default: command } = await entry.load()
    completed.add(sub)
    complete(sub, entry.name, command, out)
    sub.action(async () => {
      const given = sub.processedArgs as Argument[]
      const settings = settingsOf(program, defaults)
      await act(entry.name, command, settings, given, valuesOf(sub, command.options))
    })
  })
  return program
}

/** Whether a global option was on the command line. */
export function isGiven(program: Commander, name: GlobalName): boolean {
  return program.getOptionValueSource(name) === 'cli'
}

/** The global options of the line that a program has parsed, and those that it does not give. */
export function settingsOf(
  program: Commander,
  { targetFrom, boardTarget, targets: usual, ...defaults }: Settings,
): Settings {
  const given = program.opts()
  const names = Object.keys(globalOptions) as GlobalName[]
  const own = names.filter((name) => isGiven(program, name)).map((name) => [name, given[name]])
  const isSaid = isGiven(program, 'target')
  const targets: readonly string[] = isSaid ? given.target : []
  const [target] = targets
  const several = target === undefined ? usual : targets.length > 1 ? targets : undefined
  const to = { ...(target !== undefined && { target }), ...(several && { targets: several }) }
  const from = isSaid ? { targetGiven: true as const } : { targetFrom, boardTarget }
  const width = isGiven(program, 'width') ? { widthGiven: true as const } : {}
  return { ...defaults, ...Object.fromEntries(own), ...to, ...from, ...width }
}

function complete(
  sub: Commander,
  name: string,
  command: Command,
  out: Pick<Output, 'columns'>,
): void {
  for (const spec of command.arguments) {
    sub.addArgument(new CommanderArgument(patternOf(spec), spec.description))
  }
  for (const spec of Object.values(command.options as OptionSpecs)) addOption(sub, spec)
  // The version is that of the whole.
  const refused = ['version', ...refusedOptions(command)]
  sub.configureHelp({
    ...sub.configureHelp(),
    commandUsage: () => commandUsage(name, command, helpColumns(out)),
    visibleGlobalOptions(asked) {
      const all = Help.prototype.visibleGlobalOptions.call(this, asked)
      return all.filter((option) => !refused.includes(option.attributeName()))
    },
    optionDescription(option) {
      const meaning = command.meanings?.[option.attributeName() as GlobalName]
      return meaning ?? Help.prototype.optionDescription.call(this, option)
    },
  })
  sub.helpOption('-h, --help', 'print this help')
  sub.addHelpText('after', () => helpText(command, helpColumns(out)))
  sub.name(name)
}

/**
 * An option, which is refused where it has a value and is given twice, since one would silently not
 * count, and where a part of how it is written would be its value.
 */
function addOption(command: Commander, spec: OptionSpec<unknown>): void {
  const option = toOption(spec)
  const { short } = option
  if (option.required && short) {
    command.on(`option:${option.name()}`, (value: string) => {
      refuseMisspelt(spec, short, value, wordsOf(command))
    })
  }
  if (option.required && !spec.repeats) {
    // Before commander's own listener, which keeps the value.
    command.on(`option:${option.name()}`, () => {
      if (command.getOptionValueSource(option.attributeName()) !== 'cli') return
      const message = `${longFlag(spec)} is given twice, but takes one value: leave out one of them`
      throw new RequestError('EUSAGE', message)
    })
  }
  command.addOption(option)
}

/** The words of the line, which commander keeps with the whole of the command. */
function wordsOf(command: Commander): readonly string[] {
  const { rawArgs } = (command.parent ?? command) as Commander & { rawArgs: readonly string[] }
  return rawArgs
}

function toOption({ flags, description, parse, repeats, ...spec }: OptionSpec<unknown>) {
  const { fallback, fallbackText } = spec
  const option = new Option(flags, description)
  if (repeats) option.argParser((text: string, before: unknown) => [...arrayOf(before), text])
  else if (parse !== undefined) option.argParser((text: string) => parse(text))
  if (fallbackText !== undefined) option.default(fallback, fallbackText)
  return option
}

/** What was given so far: before it there is a fallback. */
function arrayOf(before: unknown): readonly unknown[] {
  return Array.isArray(before) ? before : []
}

function valuesOf(command: Commander, specs: OptionSpecs): Record<string, unknown> {
  const given = command.opts()
  const names = Object.keys(specs)
  return Object.fromEntries(names.map((name) => [name, given[name] ?? specs[name]?.fallback]))
}
