import { Command as Commander, Argument as CommanderArgument, Help, Option } from 'commander'
import type { Argument, Command, OptionSpec, OptionSpecs } from './command.ts'
import { type GlobalName, globalOptions, type Settings } from './globals.ts'
import type { Entry } from './registry.ts'
import { version } from './version.ts'

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
  print: (text: string) => void,
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
    .configureOutput({ writeOut: print, writeErr: () => {}, outputError: () => {} })
    .configureHelp({ showGlobalOptions: true, helpWidth: 96 })
    .addHelpText('after', overview)
  for (const spec of Object.values(globalOptions)) program.addOption(toOption(spec))
  for (const { name, summary, hidden = false } of entries) {
    program.command(name, { hidden }).description(summary)
  }
  program.hook('preSubcommand', async (_, sub) => {
    const entry = entries.find(({ name }) => name === sub.name())
    if (entry === undefined) return
    if (completed.has(sub)) return // It parses several lines.
    const { default: command } = await entry.load()
    completed.add(sub)
    complete(sub, entry.name, command)
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

function settingsOf(program: Commander, { targetFrom, ...defaults }: Settings): Settings {
  const given = program.opts()
  const names = Object.keys(globalOptions) as GlobalName[]
  const own = names.filter((name) => isGiven(program, name)).map((name) => [name, given[name]])
  const from = targetFrom === undefined || isGiven(program, 'target') ? {} : { targetFrom }
  return { ...defaults, ...Object.fromEntries(own), ...from }
}

function complete(sub: Commander, name: string, command: Command): void {
  for (const { name: pattern, description } of command.arguments) {
    sub.addArgument(new CommanderArgument(pattern, description))
  }
  for (const spec of Object.values(command.options as OptionSpecs)) sub.addOption(toOption(spec))
  const refused: string[] = [...(command.refuses ?? [])]
  if (command.localOnly !== undefined) refused.push('target')
  sub.configureHelp({
    ...sub.configureHelp(),
    visibleGlobalOptions(asked) {
      const all = Help.prototype.visibleGlobalOptions.call(this, asked)
      return all.filter((option) => !refused.includes(option.attributeName()))
    },
  })
  sub.helpOption('-h, --help', 'print this help')
  sub.addHelpText('after', () => helpText(command))
  sub.usage(`[options] ${command.arguments.map((argument) => argument.name).join(' ')}`.trimEnd())
  sub.name(name)
}

function toOption({ flags, description, parse, fallback, fallbackText }: OptionSpec<unknown>) {
  const option = new Option(flags, description)
  if (parse !== undefined) option.argParser((text: string) => parse(text))
  if (fallbackText !== undefined) option.default(fallback, fallbackText)
  return option
}

function valuesOf(command: Commander, specs: OptionSpecs): Record<string, unknown> {
  const given = command.opts()
  const names = Object.keys(specs)
  return Object.fromEntries(names.map((name) => [name, given[name] ?? specs[name]?.fallback]))
}

/** What stands behind the options in the help of a command. */
export function helpText({ notes = [], examples }: Command): string {
  const paragraphs = notes.map((note) => `\n${wrap(note, 96)}\n`)
  const longest = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, meaning]) =>
    longest > 52 || line.length > 52
      ? `  physmem ${line}\n      ${meaning}`
      : `  physmem ${line.padEnd(longest)}   ${meaning}`,
  )
  return `${paragraphs.join('')}\nExamples:\n${lines.join('\n')}`
}

function wrap(text: string, columns: number): string {
  return text.replace(new RegExp(`(.{1,${columns}})(?:\\s+|$)`, 'g'), '$1\n').trimEnd()
}

const overview = `
Places:  0xfed00000   pci:0000:00:04.0/bar0+0x4   uio:uio0/map0+0x10   file:./dump.bin+0x10
Bits:    PLACE:5, PLACE:7:4     Ranges: A..B (without B), A..+LENGTH, A..     Sizes: 4k, 1M, 2G

Examples:
  physmem read 0xfed00000
  physmem write 0x10000020:7:4=0x3
  physmem wait 0x10000020:7=0 --timeout 50ms
  physmem dump 0x40000000..+1M -o ram.bin
  physmem --target sim: read 0x10000000        a simulated board: no root, no hardware

Exit codes: 0 done, 1 failed or refused, 2 the command line is wrong, 3 the condition was not met`
