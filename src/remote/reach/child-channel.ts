import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { printable } from '../../text/refuse.ts'
import type { Channel } from '../channel.ts'
import { connectionError } from '../errors.ts'
import { type Started, startPiped } from './child-output.ts'
import { endFamily } from './family.ts'

/** What a program says on standard error is kept so far. */
const SAID_BYTES = 4096

/** How long a program may take to end by itself when its input is closed, and then by SIGTERM. */
const PATIENCE_MS = 2000

/** A folder of PATH that is closed to the user makes EACCES of a program that there is not. */
const REASONS: Record<string, (program: string) => string> = {
  ENOENT: (program) => `there is no program ${program}`,
  EACCES: (program) => `there is no program ${program} that this user may run (EACCES)`,
}

/** Bytes that a program may still say when its input is closed, before nobody listens any more. */
const REST_BYTES = 1024 * 1024

/** Why a program ended, by what it said last on standard error and its exit code; `undefined` where that is all. */
export type Explain = (said: string, code: number | null) => string | undefined

/**
 * Before the words of a program: it stays when a terminal sends Ctrl-C, or is closed, as ssh and sh leave
 * ignored what was ignored when they were started.
 */
export const HEEDLESS = ['sh', '-c', `trap '' INT HUP; exec "$@"`, 'sh'] as const

export interface ChildOptions {
  explain?: Explain
  /** Words of a program that becomes the one that is meant. */
  before?: readonly string[]
}

/** A program whose standard input and output are the channel. It is not run by a shell. */
export async function startChild(
  name: string,
  argv: readonly string[],
  { explain = () => undefined, before = [] }: ChildOptions = {},
): Promise<Channel> {
  const [program = '', ...rest] = [...before, ...argv]
  const early = new EarlyBytes()
  const started = startPiped(program, rest, (bytes) => early.use(bytes))
  const { child, output } = started
  output.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = REASONS[error.code ?? '']?.(printable(program)) ?? error.message
      output.destroy()
      reject(connectionError(name, why))
    })
  })
  return new ChildChannel({ name, program: argv[0] ?? '' }, started, early, explain)
}

/** What comes before anybody takes it. */
class EarlyBytes {
  #early: Uint8Array[] = []
  use: (bytes: Uint8Array) => void = (bytes) => this.#early.push(bytes.slice())

  /** The next bytes go there, and those that came before go first. */
  lead(take: (bytes: Uint8Array) => void): void {
    this.use = take
    for (const bytes of this.#early.splice(0)) take(bytes)
  }
}

class ChildChannel implements Channel {
  readonly name: string
  readonly ended: Promise<string>
  readonly #program: string
  readonly #child: ChildProcess
  readonly #output: Readable
  readonly #early: EarlyBytes
  /** It is no process any more; its output may still come. */
  readonly #exited: Promise<true>
  #said = ''

  constructor(
    { name, program }: { name: string; program: string },
    { child, output }: Started,
    early: EarlyBytes,
    explain: Explain,
  ) {
    this.name = name
    this.#program = program
    this.#child = child
    this.#output = output
    this.#early = early
    this.#errors.on('data', (bytes: Uint8Array) => {
      this.#said = (this.#said + bytes.toString()).slice(-SAID_BYTES)
    })
    // A program that is gone takes nothing: that it is gone is said by `ended`.
    this.#input.on('error', () => {})
    child.on('error', () => {})
    const closed = new Promise<void>((resolve) => output.once('close', resolve))
    this.ended = new Promise((resolve) => {
      child.once('close', async (code, signal) => {
        await closed
        resolve(explain(this.#said, code) ?? this.#why(code, signal))
      })
    })
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => resolve(true))
    })
  }

  write(bytes: Uint8Array): void {
    this.#input.write(bytes)
  }

  take(bytes: (bytes: Uint8Array) => void): void {
    this.#early.lead(bytes)
  }

  async close(): Promise<void> {
    this.#input.end()
    this.#endFlood()
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await this.#isGoneWithin(PATIENCE_MS)) break
      endFamily(this.#child.pid as number, signal)
    }
    await this.#isGoneWithin(PATIENCE_MS)
    // A grandchild may hold its output: nobody listens any more.
    this.#output.destroy()
    this.#errors.destroy()
  }

  get #input(): Writable {
    return this.#child.stdin as Writable
  }

  get #errors(): Readable {
    return this.#child.stderr as Readable
  }

  /** A program that talks on ends by it, and not only when patience does. */
  #endFlood(): void {
    let rest = 0
    this.#early.lead((bytes) => {
      rest += bytes.length
      if (rest > REST_BYTES) this.#output.destroy()
    })
  }

  async #isGoneWithin(ms: number): Promise<boolean> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return true
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), ms)
    })
    try {
      return await Promise.race([this.#exited, late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** What it said last is the cause, as far as anybody knows. */
  #why(code: number | null, signal: NodeJS.Signals | null): string {
    const lines = this.#said.split('\n').map((line) => line.trim())
    const last = lines.filter((line) => line !== '').slice(-2)
    const end = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
    const what = `${printable(this.#program)} ${end}`
    return last.length === 0 ? what : `${what}: ${last.map(printable).join(' · ')}`
  }
}
