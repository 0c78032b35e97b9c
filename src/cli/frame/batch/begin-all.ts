import { after, attempt, type Pending } from '../../../base/pending.ts'
import { are, counted } from '../../../text/count.ts'
import type { Entry } from '../command.ts'
import { Context } from '../context.ts'
import type { Origin } from '../context-options.ts'
import type { ExitCode } from '../exit.ts'
import { OpenedMachines } from '../opened-machines.ts'
import { type CliOptions, type ParsedLine, runCommand } from '../run-command.ts'
import { begin, parsedAct } from './line.ts'
import type { SharedMachines } from './machines.ts'
import { LineParser } from './parser.ts'
import { type Script, type ScriptLine, STDIN } from './script.ts'
import { StandardInput } from './standard-input.ts'

/** A line whose command waits for its turn. */
export interface ReadyLine {
  number: number
  act(): Pending<ExitCode>
}

/**
 * Has the command of each line parse what it was given, and wait for its turn. `undefined` where a line
 * is wrong, and all wrong ones have been reported.
 */
export async function beginAll(
  context: Context,
  commands: readonly Entry[],
  script: Script,
  machines: SharedMachines,
): Promise<ReadyLine[] | undefined> {
  const { file, lines } = script
  const beginner = new Beginner(context, commands, file, machines)
  const ready: ReadyLine[] = []
  for (const line of lines) {
    const pending = beginner.begin(line)
    const begun = pending instanceof Promise ? await pending : pending
    if (typeof begun === 'object') ready.push(begun)
  }
  if (ready.length === lines.length) return ready
  const wrong = lines.length - ready.length
  const what = wrong === 1 ? 'a line' : counted(wrong, 'line')
  context.complainNow(`${file}: ${what} ${are(wrong)} wrong: nothing was run`)
  return undefined
}

class Beginner {
  /** That of the batch: what parses apart from acting has its own only when it acts. */
  readonly #context: Context
  readonly #file: string
  readonly #parser: LineParser
  readonly #shared: CliOptions
  /** The same with the machines of lines that have the settings of the batch, as most have. */
  readonly #usual: CliOptions

  constructor(
    context: Context,
    commands: readonly Entry[],
    file: string,
    machines: SharedMachines,
  ) {
    this.#context = context
    this.#file = file
    this.#parser = new LineParser(commands, context.settings)
    const input = new StandardInput()
    if (file === STDIN) input.take('the commands come through it')
    // A batch may itself wait for its turn: when its lines act, it has come.
    const { turn: _, ...options } = context.options
    this.#shared = {
      ...options,
      system: context.system,
      openMachine: machines.open,
      console: context.console,
      input,
      commands,
    }
    this.#usual = { ...this.#shared, machines: new OpenedMachines(context.settings.target) }
  }

  begin(line: ScriptLine): Pending<ReadyLine | ExitCode> {
    return attempt(
      () => this.#begin(line),
      (thrown) => this.#refuse(line, thrown),
    )
  }

  #begin({ number, words, error }: ScriptLine): Pending<ReadyLine | ExitCode> {
    if (error !== undefined) throw error
    return after(this.#parser.parse(words), (line) => {
      const act = parsedAct(line, this.#parsing(line))
      if (act === undefined) return this.#beginWhole(line, number)
      const run = () => runCommand(this.#contextOf(line, number), line, this.#shared.commands, act)
      return { number, act: run }
    })
  }

  async #beginWhole(line: ParsedLine, number: number): Promise<ReadyLine | ExitCode> {
    const begun = await begin(line, this.#context.io, this.#shared, this.#originOf(number))
    return typeof begun === 'number' ? begun : { number, act: () => begun.act() }
  }

  #parsing({ name, settings }: ParsedLine): Context {
    const { io, settings: own } = this.#context
    return settings === own ? this.#context : new Context(name, settings, io, this.#shared)
  }

  #contextOf({ name, settings }: ParsedLine, number: number): Context {
    const { io, settings: own } = this.#context
    const options = settings === own ? this.#usual : this.#shared
    return new Context(name, settings, io, options, this.#originOf(number))
  }

  #originOf(line: number): Origin {
    return { file: this.#file, line }
  }

  #refuse({ number }: ScriptLine, thrown: unknown): 2 {
    const { io, settings } = this.#context
    const line = new Context('batch', settings, io, this.#shared, this.#originOf(number))
    line.jsonStyle = 'lines'
    line.finish(thrown)
    line.tell(thrown)
    return 2
  }
}
