/** What a line that is being typed says so far. */
import { type Command, type Entry, refusedBy } from '../frame/command.ts'
import { globalOptions } from '../frame/globals.ts'
import { longFlag, type OptionSpec, type OptionSpecs } from '../frame/option-spec.ts'

/** What a line says of descriptions, and what it has to do with registers. */
export interface DescribedLine {
  target: string
  command?: Command
  chip?: string | undefined
  board?: string | undefined
}

export interface Line extends DescribedLine {
  /** The targets that it names. */
  given: readonly string[]
  /** The options that it has, by their names, and the `--` before arguments. */
  options: readonly string[]
  name?: string
  /** The arguments of the command that stand before the last word. */
  words: readonly string[]
  /** The option whose value the last word is. */
  awaiting?: OptionSpec<unknown>
}

/** The target of a line that names none. */
export const HERE = globalOptions.target.fallback

export const NOTHING: Line = { words: [], target: HERE, given: [], options: [] }

/** Reads the words before the last. */
export async function readLine(words: readonly string[], entries: readonly Entry[]): Promise<Line> {
  const line: Line = { ...NOTHING }
  let specs: OptionSpecs = globalOptions
  for (const word of words) {
    if (line.awaiting) {
      keepValue(line, longFlag(line.awaiting), word)
      delete line.awaiting
      continue
    }
    if (line.command?.arguments[line.words.length]?.passed) continue
    const [flag, value] = splitAt(word, '=')
    const [option, spec] = Object.entries(specs).find(([, { flags }]) => isOneOf(flags, flag)) ?? []
    if (option !== undefined) line.options = [...line.options, option]
    if (value !== undefined) keepValue(line, flag, value)
    if (word === '--') line.options = [...line.options, word]
    else if (word.startsWith('-')) {
      if (spec?.parse && value === undefined) line.awaiting = spec
    } else if (line.name === undefined) {
      line.name = word
      const entry = entries.find(({ name }) => name === word)
      if (entry === undefined) continue
      line.command = (await entry.load()).default
      specs = { ...specs, ...line.command.options }
    } else line.words = [...line.words, word]
  }
  return line
}

/** Whether a command takes what the line has so far: its options, and how many targets. */
export function takesOptions(command: Command, { given, options }: Line): boolean {
  if (refusedBy(command).some((one) => options.includes(one))) return false
  return given.length <= 1 || command.severally !== undefined
}

function isOneOf(flags: string, flag: string): boolean {
  return flags.split(/[ ,]+/).includes(flag)
}

function keepValue(line: Line, flag: string, value: string): void {
  if (flag === '--target') line.given = [...line.given, value]
  if (flag === '--chip') line.chip = value
  if (flag === '--board') line.board = value
}

export function splitAt(text: string, sign: string): [string, string | undefined] {
  const at = text.indexOf(sign)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
