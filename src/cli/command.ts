import type { Context } from './context.ts'
import type { ExitCode } from './exit.ts'
import type { GlobalName } from './globals.ts'

/** What the shell may offer for a word: one of these words, a kind of place, a file, or a name. */
export type Completes =
  | readonly string[]
  | 'place'
  | 'file'
  | 'place-or-file'
  /** The number of a process, or `kernel`. */
  | 'process'
  | 'pci-function'
  | 'pci-driver'

/** One option of a command; the key under which it stands is its name in camel case. */
export interface OptionSpec<T> {
  /** As commander takes them: `--timeout <duration>`, `-o, --output <file>`. */
  flags: string
  description: string
  /** Turns the text into the value; throws a RequestError. Without it, the option is a switch. */
  parse?: (text: string) => T
  /** The value when the option is not given. */
  fallback: T
  /** How help shows the fallback; not shown when absent. */
  fallbackText?: string
  completes?: Completes
}

/** One positional argument. */
export interface ArgumentSpec {
  /** `<place>` for one that must be given, `[width]` for one that may, with `...` for several. */
  name: string
  description: string
  completes?: Completes
  /** Reads it as the command does: a line is suggested only when it takes each of its words. */
  parse?: (text: string) => unknown
  /** Of several that are a program's: all of them stand behind `--`. */
  behindDashes?: boolean
}

/** `--timeout` of `--timeout <duration>`. */
export function longFlag({ flags }: OptionSpec<unknown>): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags
}

// biome-ignore lint/suspicious/noExplicitAny: only `any` takes options of every type.
export type OptionSpecs = Record<string, OptionSpec<any>>

export type OptionValues<O extends OptionSpecs> = {
  [K in keyof O]: O[K] extends OptionSpec<infer T> ? T : never
}

/** A command, as its file in `commands/` exports it. */
export interface Command<O extends OptionSpecs = OptionSpecs> {
  arguments: readonly ArgumentSpec[]
  options: O
  /** Command lines behind `physmem`, and what they do. */
  examples: readonly (readonly [line: string, meaning: string])[]
  /** Paragraphs of the help text, between the options and the examples. */
  notes?: readonly string[]
  /** Global options that mean nothing here, or the `--` before arguments; giving one is refused. */
  refuses?: readonly (GlobalName | '--')[]
  /** What a global option does here, where that is not what it does elsewhere. */
  meanings?: Partial<Readonly<Record<GlobalName, string>>>
  /** Set for what works on this machine only: why. */
  localOnly?: string
  /** Arguments that were left out are `undefined`; several are one array, as commander gives them. */
  run(context: Context, args: readonly Argument[], options: OptionValues<O>): Promise<ExitCode>
  /** The exit code for an error, where it differs from the usual. */
  exitCode?: (usual: ExitCode) => ExitCode
}

export type Argument = string | readonly string[] | undefined

/** Checks the types of a command and of its options against each other. */
export function defineCommand<O extends OptionSpecs>(command: Command<O>): Command<O> {
  return command
}

/** The one argument at `index`, which commander has made sure is there. */
export function one(args: readonly Argument[], index: number): string {
  return args[index] as string
}

/** The several arguments at `index`. */
export function several(args: readonly Argument[], index: number): readonly string[] {
  return args[index] as readonly string[]
}

/** The global options that mean nothing to a command: it refuses them, and nothing offers them. */
export function refusedOptions({ refuses = [], localOnly }: Command): string[] {
  return localOnly === undefined ? [...refuses] : [...refuses, 'target']
}
