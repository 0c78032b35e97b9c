import { systemAt } from '../../engine/system-at.ts'
import type { Memory } from '../../memory/memory.ts'
import { asciiOf } from '../../text/ascii.ts'
import type { ExitCode } from '../frame/exit.ts'
import type { Io, Output } from '../frame/io.ts'
import type { Key } from '../frame/keys.ts'
import type { OpenMachine } from '../frame/opened-machines.ts'
import type { OpenLines } from '../frame/prompt/lines.ts'
import { runCli } from '../frame/run.ts'
import { registry } from '../registry.ts'
import { checkDocuments } from './schemas.ts'

/** What a command line printed, and its exit code. */
export interface Ran {
  code: ExitCode
  out: string
  err: string
}

export interface RunInTest {
  /** The memory of all plain addresses, instead of a fresh simulated board; it stays open. */
  memory?: Memory
  /** The folder that stands for `/`. */
  root?: string
  /** The environment. Default: empty. */
  env?: Record<string, string>
  /** Whether stdout and stderr are terminals. Default: neither is. */
  terminal?: boolean
  colors?: boolean
  /** Whether they take more than ASCII. Default: they do. */
  unicode?: boolean
  rows?: number
  columns?: number
  /** Ctrl-C. */
  signal?: AbortSignal
  /** What comes through standard input. */
  input?: Uint8Array
  /** The end of standard input. */
  inputEnd?: AbortSignal
  /** Where keys can be pressed: called with what presses one, when the command listens. */
  onKeys?: (press: (key: Key) => void) => void
  /** What is typed at a prompt. Default: there is no terminal. */
  lines?: OpenLines
  /** Called with each text that is printed on stdout. */
  onPrint?: (text: string) => void
  /** The same for stderr. */
  onComplain?: (text: string) => void
}

/**
 * Runs a command line in this process. Blanks divide the words of a string. What `--json` prints is
 * checked against its schema.
 */
export async function run(line: string | readonly string[], options: RunInTest = {}): Promise<Ran> {
  const argv = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line
  const stdout = new TestOutput(options, options.onPrint)
  const stderr = new TestOutput(options, options.onComplain)
  const signal = options.signal ?? new AbortController().signal
  const inputEnd = options.inputEnd ?? new AbortController().signal
  const keys: NonNullable<Io['keys']> = (onKey) => {
    options.onKeys?.(onKey)
    return options.onKeys && (() => {})
  }
  const io: Io = {
    ...{ stdout, stderr, endedBy: undefined, keys },
    interrupted: () => signal,
    inputEnded: () => inputEnd,
    readInput: async () => options.input ?? new Uint8Array(0),
  }
  const { memory, root } = options
  const code = await runCli(argv, io, {
    ...(memory ? { openMachine: oneMemory(memory) } : {}),
    // Locks are of a machine, and not of this one where its memory is another.
    ...(root === undefined ? { locks: NO_FOLDER } : { system: systemAt(root) }),
    env: options.env ?? {},
    lines: options.lines ?? (() => undefined),
    commands: registry,
  })
  if (argv.includes('--json')) checkDocuments(stdout.text)
  return { code, out: stdout.text, err: stderr.text }
}

/** What a command line gives that ended well, and these lines. */
export const printed = (...lines: string[]): Ran => ({
  code: 0,
  out: lines.map((line) => `${line}\n`).join(''),
  err: '',
})

const NO_FOLDER = '/nonexistent'

/** A machine whose every place is in one memory. */
function oneMemory(memory: Memory): OpenMachine {
  return async () => ({
    locate: async (place) => ({ memory, address: place.offset }),
    close: async () => {},
  })
}

class TestOutput implements Output {
  readonly isTerminal: boolean
  readonly hasColors: boolean
  readonly hasUnicode: boolean
  readonly columns: number
  readonly rows: number
  readonly #chunks: Uint8Array[] = []
  readonly #onPrint: ((text: string) => void) | undefined

  constructor(options: RunInTest, onPrint?: (text: string) => void) {
    this.isTerminal = options.terminal ?? false
    this.hasColors = options.colors ?? false
    this.hasUnicode = options.unicode ?? true
    this.columns = options.columns ?? 80
    this.rows = options.rows ?? 24
    this.#onPrint = onPrint
  }

  write(data: string | Uint8Array): void {
    const text = typeof data === 'string' && !this.hasUnicode ? asciiOf(data) : data
    const bytes = Buffer.from(text)
    this.#chunks.push(bytes)
    this.#onPrint?.(bytes.toString())
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString()
  }
}
