import type { Program } from '../memory/program.ts'
import type { RunOptions } from '../memory/run-options.ts'
import type { Session } from './session.ts'
import { runStream, type Streamed, type StreamOptions } from './stream.ts'

type Ahead = NonNullable<RunOptions['ahead']>

interface Asked {
  readonly program: Program
  readonly answer: Promise<Streamed | undefined>
  readonly stop: AbortController
}

/**
 * The streams of a memory, of which the next one may be asked for while one is under way, so that the
 * agent need not wait for it: it begins with it only if the one before was read to its end.
 */
export class Streams {
  readonly #session: Session
  readonly #memory: number
  #ahead: Asked | undefined

  constructor(session: Session, memory: number) {
    this.#session = session
    this.#memory = memory
  }

  /** `ahead` is the one that will be run next. */
  async run(program: Program, options: StreamOptions, ahead?: Ahead): Promise<Streamed> {
    const asked = this.#ahead?.program === program ? this.#ahead : undefined
    if (asked === undefined) await this.drop()
    const answer = asked?.answer ?? this.#ask(program, options)
    this.#ahead = undefined
    if (ahead !== undefined) this.#askAhead(ahead, options.signal)
    // Where the one before failed, it was not begun, and neither was that which is behind it.
    return (await answer) ?? (await this.#askAnew(program, options))
  }

  /** Nobody waits for what was asked for ahead; resolves when its buffer is used no more. */
  async drop(): Promise<void> {
    const asked = this.#ahead
    this.#ahead = undefined
    asked?.stop.abort()
    await asked?.answer.catch(() => {})
  }

  #ask(program: Program, options: StreamOptions): Promise<Streamed | undefined> {
    return runStream(this.#session, this.#memory, program, options)
  }

  async #askAnew(program: Program, options: StreamOptions): Promise<Streamed> {
    await this.drop()
    return (await this.#ask(program, options)) as Streamed
  }

  #askAhead({ program, buffer }: Ahead, signal: AbortSignal | undefined): void {
    const stop = new AbortController()
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
    const options = buffer === undefined ? {} : { buffer }
    const answer = this.#ask(program, { ...options, signal: either, isBehind: true })
    // Whoever runs it hears of it.
    answer.catch(() => {})
    this.#ahead = { program, answer, stop }
  }
}
