/** How options and arguments are described. */
import type { PlaceUse } from '../../operate/place-uses.ts'
import { withArticle } from '../../text/article.ts'

/** What is expected of a file: anything, or what this usually has in its name. */
export type FileKind =
  | 'any'
  | 'folder'
  | 'board'
  | 'description'
  | 'overlay'
  | 'snapshot'
  | 'script'
  | 'tree'
  | 'module'

/** What the shell may offer for a word: one of these words, a place, a file, or a name. */
export type Completes =
  | readonly string[]
  | 'place'
  /** Of the kinds that serve for this. */
  | { place: PlaceUse }
  /** What stands in a place after this, which the argument before it tells. */
  | { behind: (before: string) => string | undefined }
  /** A kind of place, of which the machine has some that have names. */
  | 'kind'
  | 'file'
  | { file: FileKind }
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
  /** Turns the text into the value; throws a RequestError. Without it, the value is the text. */
  parse?: (text: string) => T
  /** The value when the option is not given. */
  fallback: T
  /** How help shows the fallback; not shown when absent. */
  fallbackText?: string
  completes?: Completes
  /** Set for one that is for places: beside it a register by its name is refused. */
  forPlaces?: true
  /** Set for one that may be given several times: its value is then an array of texts. */
  repeats?: true
}

/** One positional argument. */
export interface ArgumentSpec {
  /** `place`; of one that takes several kinds, `range|place`. */
  name: string
  /** Set for one that must be given. */
  needed?: true
  /** Set for a file in whose place `-` is standard input. */
  orInput?: true
  /** Set for the last where it may be several words. */
  several?: true
  description: string
  completes?: Completes
  /** Reads it as the command does: a line is suggested only when it takes each of its words. */
  parse?: (text: string) => unknown
  /** Of several that are a program's: all of them follow `--`. */
  behindDashes?: boolean
  /** Of several that are a program's, as they stand: no option is looked for in them. */
  passed?: boolean
}

/** As usages show it: `<place>` for one that must be given, `[width]` for one that may, `<place...>`. */
export function patternOf({ name, needed, several }: ArgumentSpec): string {
  const words = several ? `${name}...` : name
  return needed ? `<${words}>` : `[${words}]`
}

/** As messages name it: `PLACE...`, `[WIDTH]`. */
export function shownArgument(spec: ArgumentSpec): string {
  const { name, needed, several } = spec
  return (needed ? `${name}${several ? '...' : ''}` : patternOf(spec)).toUpperCase()
}

/** What a line lacks without the argument at `index`: `a RANGE or a PLACE`, `a second PLACE`. */
export function neededArgument(specs: readonly ArgumentSpec[], index: number): string {
  const before = specs.slice(0, index).flatMap(nounsOf)
  const nouns = specs.slice(index, index + 1).flatMap(nounsOf)
  return nouns
    .map((noun) => (before.includes(noun) ? `a second ${noun}` : withArticle(noun)))
    .join(' or ')
}

function nounsOf({ name }: ArgumentSpec): string[] {
  return name.toUpperCase().split('|')
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
