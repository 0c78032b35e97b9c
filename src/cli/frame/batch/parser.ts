import { type Command as Commander, CommanderError } from 'commander'
import { RequestError } from '../../../base/errors.ts'
import type { Pending } from '../../../base/pending.ts'
import { quote } from '../../../text/refuse.ts'
import { checkLine } from '../check-line.ts'
import type { Argument, Command, Entry } from '../command.ts'
import type { Settings } from '../globals.ts'
import type { Grammar } from '../hints/line.ts'
import type { OptionSpecs } from '../option-spec.ts'
import { ownLine } from '../own-line.ts'
import { buildProgram, nowhere } from '../program.ts'
import { refuseUnknown } from '../refuse-unknown.ts'
import type { ParsedLine } from '../run-command.ts'
import { commandOf, targetFlag } from '../words.ts'

/** A command that a batch may hold, and how many words it takes. */
interface Held {
  line: Omit<ParsedLine, 'args' | 'words'>
  specs: Command['arguments']
  least: number
  most: number
}

type Unworded = Omit<ParsedLine, 'words'>

/** Takes many command lines apart, by the grammar of one; the parser of each command is made once. */
export class LineParser {
  readonly #commands: readonly Entry[]
  readonly #defaults: Settings
  readonly #programs = new Map<string, Commander>()
  /** The commands of earlier lines, which a batch may hold, as a line without options has them. */
  readonly #held = new Map<string, Held>()
  #parsed: Unworded | undefined

  /** `defaults` are the global options of lines that do not give them. */
  constructor(commands: readonly Entry[], defaults: Settings) {
    this.#commands = commands
    this.#defaults = defaults
  }

  get #grammar(): Grammar {
    return { commands: this.#commands, defaults: this.#defaults, inBatch: true }
  }

  /** Throws, or rejects with, a RequestError for a line that is wrong, or whose command is not for batches. */
  parse(words: readonly string[]): Pending<ParsedLine> {
    return this.#parsePlain(words) ?? this.#parseOther(words)
  }

  /**
   * A line without options is a command and its arguments: for a thousand of these, commander takes
   * longer than all else. `undefined` for every other line, for what is wrong, and for the first of a
   * command.
   */
  #parsePlain(words: readonly string[]): ParsedLine | undefined {
    const known = this.#held.get(words[0] ?? '')
    if (known === undefined || mayBeElsewhere(known.line)) return undefined
    const rest = words.slice(1)
    if (rest.some((word) => word.startsWith('-'))) return undefined
    const args = bindArguments(known, rest)
    return args && { ...known.line, args, words }
  }

  async #parseOther(words: readonly string[]): Promise<ParsedLine> {
    const name = commandOf(words)
    if (name === 'help') throw askedForHelp(words)
    if (!this.#held.has(name)) await this.#hold(name, words)
    const plain = this.#parsePlain(words)
    if (plain !== undefined) return plain
    const parsed = await this.#parseWhole(name, words)
    if (mayBeElsewhere(parsed)) (await import('./board.ts')).refuseOtherBoard(parsed)
    return { ...parsed, words }
  }

  /** Throws EUSAGE for a command that is not for batches; what is not a command is let through. */
  async #hold(name: string, words: readonly string[]): Promise<void> {
    const entry = this.#commands.find((candidate) => candidate.name === name)
    if (entry === undefined) return
    const { default: command } = await entry.load()
    if (command.inBatches !== true) {
      const message = `${name} cannot be used in a batch: ${command.inBatches}`
      const cure = command.insteadInBatches ?? `run it by itself: ${this.#alone(command, words)}`
      throw new RequestError('EUSAGE', message, { input: name, cure })
    }
    const values = fallbacksOf(command.options)
    const specs = command.arguments
    this.#held.set(name, {
      line: { name, command, settings: this.#defaults, values },
      specs,
      least: specs.filter(({ needed }) => needed).length,
      most: specs.at(-1)?.several ? Number.POSITIVE_INFINITY : specs.length,
    })
  }

  /** The line by itself, on the machine that the batch is for, where it does not say another. */
  #alone({ refuses }: Command, words: readonly string[]): string {
    const saysOwn = words.some((word) => targetFlag.test(word))
    const isHere = saysOwn || refuses?.includes('target')
    return ownLine(isHere ? { target: 'local', sudo: false } : this.#defaults, words)
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
      if (!(thrown instanceof CommanderError)) throw thrown
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
  { specs, least, most }: Held,
  words: readonly string[],
): readonly Argument[] | undefined {
  if (words.length < least || words.length > most) return undefined
  return specs.map(({ several }, index) => (several ? words.slice(index) : words[index]))
}

function fallbacksOf(specs: OptionSpecs): Record<string, unknown> {
  return Object.fromEntries(Object.entries(specs).map(([name, { fallback }]) => [name, fallback]))
}

/** Whether a board file may say of a line by itself that it is for another machine than the batch. */
function mayBeElsewhere({ command, settings, values }: Omit<Unworded, 'args'>): boolean {
  const { targetGiven, targetFrom, boardTarget } = settings
  if (targetGiven || (targetFrom !== undefined && !boardTarget)) return false
  return (
    values.board !== undefined || (boardTarget !== undefined && command.takesNoBoardTarget === true)
  )
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
