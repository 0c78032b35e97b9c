import { setImmediate as immediate } from 'node:timers/promises'
import { ConditionError, RequestError } from '../../base/errors.ts'
import { printable } from '../../text/refuse.ts'
import { SharedMachines } from '../frame/batch/machines.ts'
import { parseScript } from '../frame/batch/script.ts'
import { StandardInput } from '../frame/batch/standard-input.ts'
import { defineCommand, type Entry } from '../frame/command.ts'
import { Context } from '../frame/context.ts'
import { describeError, type ExitCode } from '../frame/exit.ts'
import type { Settings } from '../frame/globals.ts'
import type { Io } from '../frame/io.ts'
import { ownLine } from '../frame/own-line.ts'
import { History } from '../frame/prompt/history.ts'
import type { Lines } from '../frame/prompt/lines.ts'
import { terminalLines } from '../frame/prompt/terminal-lines.ts'
import { runCli } from '../frame/run.ts'
import type { CliOptions } from '../frame/run-command.ts'
import { otherMachine } from '../frame/said-target.ts'
import { checkTargets } from '../frame/several/run.ts'
import { commandOf } from '../frame/words.ts'
import { offerAtPrompt } from './offering.ts'

/** The words that end it, besides Ctrl-D. */
const EXITS = ['exit', 'quit']

export default (commands: readonly Entry[]) =>
  defineCommand({
    arguments: [],
    options: {
      history: {
        flags: '--no-history',
        description: 'neither read nor write the file of earlier lines',
        fallback: true as boolean,
      },
    },
    meanings: { json: 'print one JSON document per line' },
    examples: [
      ['repl', 'a prompt for commands on this machine'],
      ['repl -t ssh://root@board', 'one connection for all of them'],
      ['repl -t sim:', 'a simulated board that keeps its state from line to line'],
    ],
    notes: [
      'A line is what follows physmem, with quotes as in a shell; # begins a comment. Options of repl ' +
        'apply to every line that does not give them itself. A line that fails does not end it: exit, ' +
        'quit and Ctrl-D do, with exit code 0.',
      'Ctrl-C stops the line that runs, or clears the one that is typed. Tab completes; the arrows ' +
        'bring earlier lines back, which $XDG_STATE_HOME/physmem/history keeps (~/.local/state).',
    ],
    severally: 'by itself',
    inBatches: 'it is for a person at a terminal',
    atPrompt: 'this is one',
    async run(context, _args, { history: keepsHistory }) {
      context.jsonStyle = 'lines'
      const { settings, options } = context
      const { target, targets = [target] } = settings
      checkTargets(targets)
      const lines = (options.lines ?? terminalLines)(context.io)
      if (lines === undefined) throw noTerminal(context.settings)
      const machines = new SharedMachines((...given) => open(context, lines, ...given), {
        anew: (lost) => context.complain(`${lost}: the connection was lost: connecting again`),
      })
      try {
        await reach(context, lines, machines, targets)
        const session = new Session(context, lines, machines, commands)
        const tell = (text: string) => context.complain(text)
        const env = options.env ?? process.env
        return await session.run(keepsHistory ? History.open(env, tell) : History.empty())
      } finally {
        lines.close()
        await machines.close()
      }
    },
  })

function noTerminal(settings: Settings): RequestError {
  const message = 'repl needs a terminal as standard input and output'
  const cure = `commands from a pipe: ${ownLine(settings, ['batch', '-'])}`
  return new RequestError('EUSAGE', message, { cure })
}

type Opening = Parameters<Context['openMachine']>

/** A program on the way to the machine may ask for a password, and Ctrl-C ends the attempt. */
function open(context: Context, lines: Lines, ...[target, mode, options]: Opening) {
  const signal = options.signal && (() => lines.signal)
  return lines.lent(async () => context.openMachine(target, mode, { ...options, signal }))
}

/** Reaches the machines before the first line is asked for. Rejects where one of them is not reached. */
async function reach(
  { io, settings, options }: Context,
  lines: Lines,
  machines: SharedMachines,
  targets: readonly string[],
): Promise<void> {
  try {
    await lines.during(async (own) => {
      for (const target of targets) {
        const opened = { ...options, openMachine: machines.open }
        await new Context('repl', { ...settings, target }, own, opened).machine('read', [])
      }
    })
  } catch (error) {
    // The program on the way has the signal, too, and its end may be heard of first.
    await immediate()
    if (!lines.signal.aborted) throw error
    // Nothing was typed yet: it is Ctrl-C of a command.
    io.endedBy ??= 'SIGINT'
    throw new ConditionError('EABORT', 'stopped', {}, { cause: error })
  }
}

/** The lines of somebody, one after the other. */
class Session {
  readonly #context: Context
  readonly #lines: Lines
  readonly #machines: SharedMachines
  readonly #commands: readonly Entry[]
  readonly #input = new StandardInput()

  constructor(
    context: Context,
    lines: Lines,
    machines: SharedMachines,
    commands: readonly Entry[],
  ) {
    this.#context = context
    this.#lines = lines
    this.#machines = machines
    this.#commands = commands
    this.#input.take('the prompt reads it')
  }

  async run(history: History): Promise<ExitCode> {
    const { console } = this.#context
    for (;;) {
      const text = await this.#lines.next({
        prompt: this.#prompt,
        history: history.lines,
        complete: (line) => this.#complete(line),
      })
      if (text === undefined) return 0
      const [line] = parseScript(text)
      if (line === undefined) continue
      const { words, error } = line
      if (words.length === 1 && EXITS.includes(words[0] ?? '')) return 0
      history.add(text)
      await this.#lines.during((io) => this.#run(words, error, io))
      console.end()
      await this.#machines.renew()
    }
  }

  async #run(words: readonly string[], error: unknown, io: Io): Promise<ExitCode> {
    try {
      if (error !== undefined) throw error
      await this.#refuse(commandOf(words))
    } catch (thrown) {
      io.stderr.write(describeError(thrown))
      return 2
    }
    return await runCli(words, io, this.#options)
  }

  /** Throws EUSAGE for a command that a prompt does not take; what is not a command is let through. */
  async #refuse(name: string): Promise<void> {
    const entry = this.#commands.find((candidate) => candidate.name === name)
    const why = (await entry?.load())?.default.atPrompt
    if (why === undefined) return
    const message = `${name} cannot be given at a prompt: ${why}`
    throw new RequestError('EUSAGE', message, { input: name })
  }

  get #options(): CliOptions {
    const { settings, options, system, console } = this.#context
    const commands = this.#commands
    const openMachine = this.#machines.open
    return {
      ...{ ...options, system, openMachine, console, input: this.#input },
      // Each line is for the machine of the session, whatever a board file says by then.
      ...{ commands, defaults: { ...settings, targetGiven: true as const } },
    }
  }

  async #complete(line: string) {
    const { settings, io } = this.#context
    const { targets: _, ...one } = settings
    const signal = this.#lines.signal
    const own = { ...io, interrupted: () => signal }
    const context = new Context('repl', one, own, this.#options)
    return await offerAtPrompt(context, line, this.#commands)
  }

  /** The machine, as short as it is told apart from others. */
  get #prompt(): string {
    const { target, targets = [target] } = this.#context.settings
    if (targets.length > 1) return `${targets.length} targets> `
    const other = otherMachine({ target })
    if (other === undefined) return 'physmem> '
    const name = printable(other).replace(/^ssh:\/\/|:$/g, '')
    return `${name.length > MOST_NAME ? `${name.slice(0, MOST_NAME)}...` : name}> `
  }
}

const MOST_NAME = 30
