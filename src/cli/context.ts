import type { Location } from '../machine/machine.ts'
import type { Mode } from '../memory/local/source.ts'
import type { Place } from '../place/schemes/index.ts'
import { printable } from '../text/refuse.ts'
import { Ones } from './access/ones.ts'
import { errorToJson } from './exit.ts'
import { toJson } from './format/json.ts'
import type { Settings } from './globals.ts'
import { type Io, UnwritableOutput } from './io.ts'

/** What finds memories: a `Machine`, or what a test puts in its place. */
export interface Locator {
  locate(place: Place, bytes?: number): Promise<Location>
  close(): Promise<void>
}

export type OpenMachine = (
  target: string,
  mode: Mode,
  options: { root: string; notify: (text: string) => void; actOnPorts: boolean },
) => Promise<Locator>

/** What else a command line is run with; tests replace it. */
export interface ContextOptions {
  openMachine?: OpenMachine
  /** The folder that stands for `/` where the kernel's files are read. Default `/`. */
  root?: string
}

/** What a command works with: the global options, the streams, and the machine of the target. */
export class Context {
  readonly command: string
  readonly settings: Settings
  readonly io: Io
  /** The folder that stands for `/` where the kernel's files are read. */
  readonly root: string
  /**
   * What `--json` prints: `one` document when the command has ended, well or not, with its name,
   * what was recorded, and `error` when it failed; a document a line, of which the last holds the
   * error (`lines`); or what the command itself prints, the error too (`own`).
   */
  jsonStyle: 'one' | 'lines' | 'own' = 'one'
  /** What was done, to be said when standard output does not take the result. */
  done: string | undefined
  /** What was read as all ones: told when the command has ended. */
  readonly ones = new Ones()
  readonly #document: Record<string, unknown> = {}
  readonly #openMachine: OpenMachine
  readonly #machines: Locator[] = []

  constructor(command: string, settings: Settings, io: Io, options: ContextOptions = {}) {
    this.command = command
    this.settings = settings
    this.io = io
    this.root = options.root ?? '/'
    this.#openMachine = options.openMachine ?? openTarget
  }

  /** The machine of `--target`, closed with this context. Throws ESCHEME for a malformed target. */
  async machine(mode: Mode): Promise<Locator> {
    const { root } = this
    const { actOnPorts } = this.settings
    const notify = (text: string) => {
      if (this.settings.verbose) this.complain(text)
    }
    const machine = await this.#openMachine(this.settings.target, mode, {
      root,
      notify,
      actOnPorts,
    })
    this.#machines.push(machine)
    return machine
  }

  /** Prints lines on stdout. */
  print(...lines: string[]): void {
    if (lines.length > 0) this.io.stdout.write(`${lines.join('\n')}\n`)
  }

  /** Says something that is not a result, on stderr, on one line or more; not with `--quiet`. */
  note(...lines: string[]): void {
    const text = lines.map(printable).join('\n')
    if (!this.settings.quiet) this.io.stderr.write(`physmem: ${text}\n`)
  }

  /** Says something on stderr, also with `--quiet`: why the exit code is not 0, or what was asked for. */
  complain(text: string): void {
    this.io.stderr.write(`physmem: ${printable(text)}\n`)
  }

  /** Adds members to the JSON document. */
  record(members: Record<string, unknown>): void {
    Object.assign(this.#document, members)
  }

  /** Prints one JSON document on stdout. */
  printJson(document: unknown): void {
    this.io.stdout.write(`${toJson(document)}\n`)
  }

  /** Prints what there is before an error is thrown, which is not lost when that fails, too. */
  printBefore(print: () => void): void {
    try {
      print()
    } catch (error) {
      if (!(error instanceof UnwritableOutput)) throw error
      this.complain(error.message)
    }
  }

  /** Prints the JSON that is due at the end. */
  finish(error?: unknown): void {
    const { command, jsonStyle } = this
    if (!this.settings.json || jsonStyle === 'own') return
    const failure = error === undefined ? {} : { error: errorToJson(error) }
    if (jsonStyle === 'one') this.printJson({ command, ...this.#document, ...failure })
    else if (error !== undefined) this.printJson({ command, ...failure })
  }

  async close(): Promise<void> {
    for (const machine of this.#machines) await machine.close()
  }
}

const openTarget: OpenMachine = async (target, mode, options) => {
  const { Machine } = await import('../machine/machine.ts')
  return new Machine(target, mode, options)
}
