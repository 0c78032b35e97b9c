import type { Command as Commander } from 'commander'
import { RequestError } from '../../../base/errors.ts'
import { quote } from '../../../text/refuse.ts'
import { checkLine } from '../check-line.ts'
import type { Argument, Command, Entry } from '../command.ts'
import type { Settings } from '../globals.ts'
import type { OptionSpecs } from '../option-spec.ts'
import { buildProgram, nowhere } from '../program.ts'
import { refuseUnknown } from '../refuse-unknown.ts'
import { commandOf } from '../words.ts'

/** A command line, taken apart. */
export interface ParsedLine {
  /** As it was written. */
  words: readonly string[]
  name: string
  command: Command
  settings: Settings
  args: readonly Argument[]
  values: Record<string, unknown>
}

type Unworded = Omit<ParsedLine, 'words'>

/** Takes many command lines apart, by the grammar of one; the parser of each command is made once. */
export class LineParser {
  readonly #commands: readonly Entry[]
  readonly #defaults: Settings
  readonly #programs = new Map<string, Commander>()
  readonly #plain = new Map<string, Omit<ParsedLine, 'args' | 'words'>>()
  /** The commands of earlier lines, which a batch may hold. */
  readonly #held = new Set<string>()
  #parsed: Unworded | undefined

  /** `defaults` are the global options of lines that do not give them. */
  constructor(commands: readonly Entry[], defaults: Settings) {
    this.#commands = commands
    this.#defaults = defaults
  }

  get #grammar() {
    return { commands: this.#commands, defaults: this.#defaults }
  }

  /** Throws a RequestError for a line that is wrong, or whose command is not for batches. */
  async parse(words: readonly string[]): Promise<ParsedLine> {
    const name = commandOf(words)
    await this.#refuse(name, words)
    const parsed = (await this.#parsePlain(words)) ?? (await this.#parseWhole(name, words))
    if (mayBeElsewhere(parsed)) (await import('./board.ts')).refuseOtherBoard(parsed)
    return { ...parsed, words }
  }

  /** Throws EUSAGE for a command that is not for batches; what is not a command is let through. */
  async #refuse(name: string, words: readonly string[]): Promise<void> {
    if (this.#held.has(name)) return
    const entry = this.#commands.find((candidate) => candidate.name === name)
    const command = (await entry?.load())?.default
    if (command !== undefined && command.inBatches !== true) {
      const message = `${name} cannot be used in a batch: ${command.inBatches}`
      const cure = command.insteadInBatches ?? `run it by itself: physmem ${words.join(' ')}`
      throw new RequestError('EUSAGE', message, { input: name, cure })
    }
    this.#held.add(name)
  }

  /**
   * A line without options is a command and its arguments: for a thousand of these, commander takes
   * longer than all else. `undefined` for every other line, and for what is wrong.
   */
  async #parsePlain([name = '', ...rest]: readonly string[]): Promise<Unworded | undefined> {
    if (name.startsWith('-') || rest.some((word) => word.startsWith('-'))) return undefined
    let known = this.#plain.get(name)
    if (known === undefined) {
      const entry = this.#commands.find((candidate) => candidate.name === name)
      if (entry === undefined) return undefined
      const { default: command } = await entry.load()
      known = { name, command, settings: this.#defaults, values: fallbacksOf(command.options) }
      this.#plain.set(name, known)
    }
    const args = bindArguments(known.command, rest)
    return args && { ...known, args }
  }

  async #parseWhole(name: string, words: readonly string[]): Promise<Unworded> {
    await refuseUnknown(words, this.#grammar)
    const program = this.#programFor(name)
    try {
      this.#parsed = undefined
      await program.parseAsync(words, { from: 'user' })
      const parsed = this.#parsed as Unworded | undefined
      if (parsed === undefined) throw new Error('commander has called no command')
      checkLine(program, words, parsed.name, parsed.command, parsed.settings, parsed.args)
      refuseSeveral(parsed.settings)
      return parsed
    } catch (thrown) {
      const { explainUsage } = await import('../usage.ts')
      throw (await explainUsage(thrown, program, words, this.#grammar)) ?? askedForHelp(words)
    }
  }

  /** That of one command, or for what is none that of all, which says what is wrong. */
  #programFor(name: string): Commander {
    const known = this.#programs.get(name)
    if (known) return known
    const entry = this.#commands.find((candidate) => candidate.name === name)
    const keep = async (...[found, command, settings, args, values]: KeepArguments) => {
      this.#parsed = { name: found, command, settings, args, values }
    }
    const program = buildProgram(entry ? [entry] : this.#commands, nowhere, this.#defaults, keep)
    this.#programs.set(name, program)
    return program
  }
}

/** The words as the arguments that they are; `undefined` when there are too few or too many. */
function bindArguments(
  { arguments: specs }: Command,
  words: readonly string[],
): readonly Argument[] | undefined {
  const least = specs.filter(({ needed }) => needed).length
  const hasSeveral = specs.at(-1)?.several === true
  if (words.length < least || (words.length > specs.length && !hasSeveral)) return undefined
  return specs.map(({ several }, index) => (several ? words.slice(index) : words[index]))
}

function fallbacksOf(specs: OptionSpecs): Record<string, unknown> {
  return Object.fromEntries(Object.entries(specs).map(([name, { fallback }]) => [name, fallback]))
}

/** Whether a board file may say of a line by itself that it is for another machine than the batch. */
function mayBeElsewhere({ command, settings, values }: Unworded): boolean {
  if (settings.targetGiven || (settings.targetFrom !== undefined && !settings.boardTarget))
    return false
  return values.board !== undefined || (command.takesNoBoardTarget ?? false)
}

type KeepArguments = Parameters<Parameters<typeof buildProgram>[3]>

function refuseSeveral({ target, targets = [target] }: Settings): void {
  const group = targets.find((one) => one.startsWith('@'))
  if (targets.length === 1 && group === undefined) return
  const many = group === undefined ? `there are ${targets.length}` : `${quote(group)} is a group`
  const message = `a line of a batch is for one target, but ${many}`
  const cure = 'give them to batch itself'
  throw new RequestError('EUSAGE', message, { input: group ?? target, cure })
}

function askedForHelp(words: readonly string[]): RequestError {
  const line = words.join(' ')
  return new RequestError('EUSAGE', `${quote(line)} does nothing in a batch: run it by itself`, {
    input: line,
  })
}
