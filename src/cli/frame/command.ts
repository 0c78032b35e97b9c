import type { Pending } from '../../base/pending.ts'
import type { Facility } from '../../machine/facilities.ts'
import type { Context } from './context.ts'
import type { ExitCode } from './exit.ts'
import type { GlobalName } from './globals.ts'
import type { ArgumentSpec, OptionSpecs, OptionValues } from './option-spec.ts'
import type { Prints } from './several/labelled-io.ts'

/** A command, as its file in `commands/` exports it. */
export interface Command<O extends OptionSpecs = OptionSpecs> {
  arguments: readonly ArgumentSpec[]
  options: O
  /** Command lines after `physmem`, and what they do. */
  examples: readonly (readonly [line: string, meaning: string])[]
  /** Paragraphs of the help text, between the options and the examples. */
  notes?: readonly string[]
  /** Global options that mean nothing here, or the `--` before arguments; giving one is refused. */
  refuses?: readonly (GlobalName | '--')[]
  /** What a global option does here, where that is not what it does elsewhere. */
  meanings?: Partial<Readonly<Record<GlobalName, string>>>
  /** What the machine of the target must have: a line for another one is refused. */
  needs?: readonly Facility[]
  /** Whether it takes its target from no board file: a line without `--target` is refused beside one that has one. */
  takesNoBoardTarget?: true
  /** Whether it may store: which machine a board file has chosen for it is said with `--quiet`, too. */
  mayStore?: true
  /** How it runs for several targets side by side; absent where it is for one only. */
  severally?: Severally<O> | 'by itself'
  /** Whether a batch may hold it, which needs that it parses all before its turn; or why not. */
  inBatches: true | string
  /**
   * Parses all that it is given, and gives what is left to be done at its turn; `undefined` for a line
   * that needs `run`. For the commands that batches hold by the thousand: of their lines nothing is
   * kept but this, and what waits for nothing has no promise.
   */
  parse?(line: Parsing, args: readonly Argument[], options: OptionValues<O>): Act | undefined
  /** What to write in a batch in its place; where absent, it is run by itself. */
  insteadInBatches?: string
  /** Why a prompt does not take it, where it does not. */
  atPrompt?: string
  /** Arguments that were left out are `undefined`; several are one array, as commander gives them. */
  run(context: Context, args: readonly Argument[], options: OptionValues<O>): Promise<ExitCode>
  /** The exit code for an error, where it differs from the usual. */
  exitCode?: (usual: ExitCode) => ExitCode
}

/** What of its context a command parses with. */
export type Parsing = Pick<Context, 'settings' | 'facts' | 'check'>

/** What a command does at its turn. */
export type Act = (context: Context) => Pending<ExitCode>

export interface Severally<O extends OptionSpecs = OptionSpecs> {
  prints: Prints
  /** Why a line is for one target only, in the words of a sentence. */
  refuses?(args: readonly Argument[], options: OptionValues<O>): string | undefined
}

/** A command as it is known before its file is loaded. */
export interface Entry {
  name: string
  /** One line for the list of commands. */
  summary: string
  load: () => Promise<{ default: Command }>
  /** Not for people: left out of help and suggestions. */
  hidden?: true
}

export type Argument = string | readonly string[] | undefined

/** Checks the types of a command and of its options against each other. */
export function defineCommand<O extends OptionSpecs>(command: Command<O>): Command<O> {
  return command
}

/** Runs a command, which waits for its turn when it has parsed what it was given. */
export async function runInTurn(
  context: Context,
  command: Command,
  args: readonly Argument[],
  values: Record<string, unknown>,
): Promise<ExitCode> {
  const act = command.parse?.(context, args, values as never)
  if (act === undefined) return command.run(context, args, values as never)
  await context.turn()
  return act(context)
}

/** The one argument at `index`, which commander has made sure is there. */
export function one(args: readonly Argument[], index: number): string {
  return args[index] as string
}

/** The several arguments at `index`. */
export function several(args: readonly Argument[], index: number): readonly string[] {
  return args[index] as readonly string[]
}

/** What a command refuses, since it means nothing to it: without a target there is no way to it. */
export function refusedBy({ refuses = [] }: Command): (GlobalName | '--')[] {
  return refuses.includes('target') ? [...refuses, 'sudo', 'keepConnection'] : [...refuses]
}

/** The global options that mean nothing to a command: it refuses them, and nothing offers them. */
export function refusedOptions(command: Command): string[] {
  const refused = refusedBy(command)
  return command.needs === undefined ? refused : [...refused, 'target', 'sudo', 'keepConnection']
}
