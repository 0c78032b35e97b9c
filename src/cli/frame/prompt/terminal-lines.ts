import { createInterface, type Interface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { setImmediate as immediate } from 'node:timers/promises'
import { isatty } from 'node:tty'
import type { EndingSignal, Io } from '../io.ts'
import { type Key, keysIn } from '../keys.ts'
import { type RawTerminal, takeRaw } from '../raw-terminal.ts'
import type { Lines, OpenLines, Typing } from './lines.ts'

const CTRL_C = 0x03
const CTRL_Z = 0x1a
const CTRL_BACKSLASH = 0x1c
const ENTER = [0x0d, 0x0a]
const TAB = 0x09

/** What is typed while a line runs, and is kept for the next: a paste of a screen or two. */
const MOST_TYPED_AHEAD = 64 * 1024

/** The lines that are typed at the terminal of this process. */
export const terminalLines: OpenLines = (io) =>
  io.stdout.isTerminal && isatty(0) ? new TerminalLines(io) : undefined

/** How a line ends that nobody finishes. */
type Broken = 'interrupted' | 'over'

/** A line that is being typed. */
interface Typed {
  readonly readline: Interface
  readonly input: PassThrough
  /** What is looked for at Tab; readline must not be closed meanwhile. */
  completing: Promise<unknown> | undefined
  /** Whether readline has not come to what it was given last. */
  isBusy: boolean
  end(how: Broken): void
}

class TerminalLines implements Lines {
  readonly #io: Io
  readonly #terminal: RawTerminal
  /** Typed, and not read yet. */
  #ahead = Buffer.alloc(0)
  #typed: Typed | undefined
  #onKey: ((key: Key) => void) | undefined
  #control = new AbortController()
  #isRunning = false
  /** No line comes any more. */
  #isOver = false
  readonly #onInterrupt = () => this.#interrupt('')
  readonly #onEnd = (signal: NodeJS.Signals) => {
    this.#io.endedBy ??= signal as EndingSignal
    this.#over()
  }
  readonly #over = () => {
    this.#isOver = true
    this.#break('over')
  }

  constructor(io: Io) {
    this.#io = io
    this.#terminal = takeRaw({
      onData: (data) => this.#take(data),
      onContinued: () => {
        this.#onKey?.('continued')
        this.#typed?.readline.prompt(true)
      },
      ending: ['SIGTERM', 'SIGHUP'],
    })
    process.on('SIGINT', this.#onInterrupt)
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, this.#onEnd)
    process.stdin.once('end', this.#over).once('error', this.#over)
  }

  get signal(): AbortSignal {
    return this.#control.signal
  }

  async next(typing: Typing): Promise<string | undefined> {
    for (;;) {
      if (this.#isOver) return undefined
      this.#control = new AbortController()
      const { line, how } = await this.#type(typing)
      if (how !== 'interrupted') return line
    }
  }

  async during<T>(act: (io: Io) => Promise<T>): Promise<T> {
    const io = this.#io
    this.#control = new AbortController()
    // A signal that came between two lines.
    if (this.#isOver) this.#control.abort()
    this.#isRunning = true
    const { signal } = this.#control
    const never = new AbortController().signal
    try {
      return await act({
        ...{ stdout: io.stdout, stderr: io.stderr },
        get endedBy() {
          return io.endedBy
        },
        interrupted: () => signal,
        inputEnded: () => never,
        readInput: (most) => io.readInput(most),
        keys: (onKey) => {
          this.#onKey = onKey
          return () => {
            this.#onKey = undefined
          }
        },
      })
    } finally {
      this.#isRunning = false
      this.#onKey = undefined
    }
  }

  async lent<T>(act: () => Promise<T>): Promise<T> {
    const wasRunning = this.#isRunning
    this.#isRunning = true
    this.#terminal.lend()
    try {
      return await act()
    } finally {
      this.#isRunning = wasRunning
      if (!this.#isOver) this.#terminal.take()
    }
  }

  close(): void {
    this.#isOver = true
    this.#terminal.close()
    process.off('SIGINT', this.#onInterrupt)
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, this.#onEnd)
    process.stdin.off('end', this.#over).off('error', this.#over)
  }

  /** One line, unless Ctrl-C or the end comes before its Enter. */
  async #type({ prompt, history, complete }: Typing): Promise<{ line?: string; how?: Broken }> {
    const input = new PassThrough()
    const completer = (line: string, reply: (error: null, result: [string[], string]) => void) => {
      const completing = complete(line).then(({ texts, replaced }) => {
        reply(null, [[...texts], replaced])
      })
      if (this.#typed) this.#typed.completing = completing
    }
    const readline = createInterface({
      ...{ input, output: process.stdout, terminal: true, prompt, completer },
      ...{ history: [...history], historySize: history.length + 1 },
    })
    let onClose = (): void => {}
    try {
      return await new Promise((resolve) => {
        readline.once('line', (line) => resolve({ line }))
        // Ctrl-D.
        onClose = () => {
          this.#io.stderr.write('\n')
          resolve({ how: 'over' })
        }
        readline.once('close', onClose)
        const end = (how: Broken) => {
          // What is said next begins behind what was typed, which may have several rows.
          readline.write(null, { ctrl: true, name: 'e' })
          this.#io.stderr.write(how === 'interrupted' ? '^C\n' : '\n')
          resolve({ how })
        }
        this.#typed = { readline, input, completing: undefined, isBusy: false, end }
        readline.prompt()
        this.#feed()
      })
    } finally {
      this.#typed = undefined
      readline.off('close', onClose).close()
    }
  }

  /**
   * Gives what was typed to the line that is being typed, up to its Enter: what follows is for the next. Up
   * to a Tab, too: readline has found what that completes before the one behind it asks for the list.
   */
  #feed(): void {
    const typed = this.#typed
    if (typed === undefined || typed.isBusy || this.#ahead.length === 0) return
    const end = this.#ahead.findIndex((byte) => byte === TAB || ENTER.includes(byte))
    const size = end < 0 ? this.#ahead.length : end + 1
    typed.input.write(this.#ahead.subarray(0, size))
    this.#ahead = this.#ahead.subarray(size)
    typed.isBusy = true
    setImmediate(async () => {
      await this.#settled(typed)
      typed.isBusy = false
      this.#feed()
    })
  }

  /** Resolves when nothing is looked for any more, and readline has what was found. */
  async #settled(typed: Typed): Promise<void> {
    await typed.completing
    await immediate()
  }

  /** Ends the line that is being typed. */
  #break(how: Broken): void {
    const typed = this.#typed
    // What is asked of a machine far away is not waited for.
    this.#control.abort()
    if (typed === undefined) return
    typed.isBusy = true
    void this.#settled(typed).then(() => {
      if (typed === this.#typed) typed.end(how)
    })
  }

  #take(data: Buffer): void {
    if (this.#onKey !== undefined) {
      for (const key of keysIn(data.toString('latin1'))) {
        if (key === 'SIGINT') this.#interrupt('^C')
        else if (key.startsWith('SIG')) this.#terminal.raise(key as NodeJS.Signals)
        else this.#onKey?.(key as Key)
      }
      return
    }
    for (const byte of data) {
      if (byte === CTRL_C) this.#interrupt('^C')
      else if (byte === CTRL_Z) this.#terminal.raise('SIGTSTP')
      else if (byte === CTRL_BACKSLASH) this.#terminal.raise('SIGQUIT')
    }
    // As a terminal has it: what was typed before Ctrl-C is forgotten.
    const rest = data.subarray(data.lastIndexOf(CTRL_C) + 1)
    const typed = rest.filter((byte) => byte !== CTRL_Z && byte !== CTRL_BACKSLASH)
    if (this.#ahead.length + typed.length > MOST_TYPED_AHEAD) return
    this.#ahead = Buffer.concat([this.#ahead, typed])
    this.#feed()
  }

  /** `shown` is what the terminal has not shown of it itself. */
  #interrupt(shown: string): void {
    this.#ahead = Buffer.alloc(0)
    if (!this.#isRunning) this.#break('interrupted')
    else if (this.#control.signal.aborted) {
      this.close()
      process.removeAllListeners('SIGINT')
      process.kill(process.pid, 'SIGINT')
    } else {
      this.#io.stderr.write(`${shown}\n`)
      this.#control.abort()
    }
  }
}
