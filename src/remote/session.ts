import { errnoName } from '../base/errno.ts'
import { ConditionError, type PhysmemError } from '../base/errors.ts'
import { WRITE_AGENT } from '../wording/agent.ts'
import { Malformed, packed, Reader } from './bytes.ts'
import type { Channel } from './channel.ts'
import { connectionError, lostConnection } from './errors.ts'
import { type Frame, FrameReader } from './frames.ts'
import { GatheredBytes } from './gathered-bytes.ts'
import { afterMark, type Hello, OtherVersion, readHello } from './hello.ts'
import { ASK, type Ask, HELLO_BYTES } from './protocol.ts'
import { saidFirst, saidLast } from './said.ts'
import { Stops } from './stops.ts'

/** An answer of the agent. What is behind the errno is read by who asked. */
export interface Answer {
  /** Why the system refused; `undefined` where it did not. */
  errno: string | undefined
  rest: Reader
}

export interface AskOptions {
  /** How long an answer may take, beside the usual time. */
  moreMs?: number
  /** Has the agent stop what runs; the last answer comes all the same, within the usual time. */
  signal?: AbortSignal | undefined
}

/** A signal, or what gives that of the work which is under way: it is asked each time. */
export type StopSignal = AbortSignal | (() => AbortSignal)

/** The signal of this moment. */
export function signalNow(signal: StopSignal | undefined): AbortSignal | undefined {
  return typeof signal === 'function' ? signal() : signal
}

/** What is taken of an answer that another follows. */
export const MORE = Symbol('more')

export interface SessionOptions {
  /** How long an answer may take. Default 30 s. */
  limitMs?: number
  /** Ends the connection while an answer is waited for that was asked for without a signal of its own. */
  signal?: StopSignal | undefined
  /** How much longer, but for the first word: what a slow line takes. Default 0. */
  moreMs?: number
  /** How long something else may come before the first word. Default: as long as an answer may take. */
  talkMs?: number
  /** How it is said that nothing came of it. Default: `no agent answers`. */
  unanswered?: string
  /** Knows somebody else by the words that came in place of the first. */
  recognise?: (came: Uint8Array) => Stranger | undefined
}

/** Somebody who is no agent. */
export interface Stranger {
  why: string
  cure?: string
}

interface Pending {
  kind: number
  id: number
  take(answer: Answer): unknown
  resolve(taken: unknown): void
  reject(error: unknown): void
  moreMs: number
  /** Its time goes on, whatever comes, until it has ended. */
  stopped: boolean
}

/** Before the mark: a banner of a shell, and no flood. */
const MOST_NOISE = 256 * 1024

const LIMIT_MS = 30_000

/** What accesses nothing: where it was stopped there is no more to say of it. */
const WITHOUT_EFFECT: ReadonlySet<Ask> = new Set([
  'look',
  'open',
  'memory',
  'prepare',
  'words',
  'scan',
] as const)

/** Frames to and from one agent: requests, and their answers in the same order. */
export class Session {
  readonly hello: Hello
  readonly #channel: Channel
  /** For an answer. */
  readonly #limitMs: number
  readonly #signal: StopSignal | undefined
  readonly #stops = new Stops()
  readonly #pending: Pending[] = []
  readonly #frames = new FrameReader()
  #lost: PhysmemError | undefined
  readonly #ending = new AbortController()
  /** Works that come to their end, whatever signal arrives. */
  #undisturbed = 0
  #timer: NodeJS.Timeout | undefined
  #nextId = 1

  private constructor(
    channel: Channel,
    hello: Hello,
    { limitMs, signal }: { limitMs: number; signal: StopSignal | undefined },
  ) {
    this.#channel = channel
    this.hello = hello
    this.#limitMs = limitMs
    this.#signal = signal
  }

  get name(): string {
    return this.#channel.name
  }

  /** Why nothing is asked any more. */
  get lost(): PhysmemError | undefined {
    return this.#lost
  }

  /** Aborts when the connection has ended, for good. */
  get ended(): AbortSignal {
    return this.#ending.signal
  }

  /** Waits for the agent. Rejects with ECONNECTION where none answers, and ends the channel then. */
  static async start(channel: Channel, options: SessionOptions = {}): Promise<Session> {
    const { limitMs = LIMIT_MS, moreMs = 0, talkMs = limitMs, signal } = options
    const { unanswered = 'no agent answers', recognise = () => undefined } = options
    try {
      return await greet(
        channel,
        { limitMs, talkMs, unanswered, recognise },
        (hello, came, connect) => {
          const limits = { limitMs: limitMs + moreMs, signal }
          const session = new Session(channel, hello, limits)
          connect((bytes) => session.#take(bytes))
          void channel.ended.then((why) => session.#lose(why))
          session.#refuse(came)
          return session
        },
      )
    } catch (error) {
      await channel.close()
      throw error
    }
  }

  /**
   * Asks, and resolves with what `take` makes of the answer; where it is MORE, of the next one. Rejects
   * with ECONNECTION, also for an answer for which `take` throws Malformed; with EABORT where the signal of
   * the session ended it, and it accesses nothing.
   */
  ask<T>(
    kind: Ask,
    payload: Uint8Array,
    take: (answer: Answer) => T | typeof MORE,
    { signal, moreMs = 0 }: AskOptions = {},
  ): Promise<T> {
    if (this.#lost) return Promise.reject(this.#lost)
    const id = this.#freshId()
    const cancel = () => {
      const waits = this.#pending.find((one) => one.id === id)
      if (waits === undefined) return
      this.#send('cancel', this.#freshId(), packed({ u32: id }))
      // What is stopped has no time beside the usual any more.
      waits.moreMs = 0
      waits.stopped = true
      if (waits === this.#pending[0]) this.#watch()
    }
    const taken = new Promise<T>((resolve, reject) => {
      const settle = resolve as (taken: unknown) => void
      const pending = { kind: ASK[kind], id, moreMs, stopped: false, take }
      this.#pending.push({ ...pending, resolve: settle, reject })
    })
    if (this.#pending.length === 1) this.#watch()
    this.#send(kind, id, payload)
    const [stopper, stop] = signal
      ? [signal, cancel]
      : [this.#breaker, () => this.#break('it was stopped')]
    const release = stopper && this.#stops.add(stopper, stop)
    if (signal?.aborted) cancel()
    const stopped = (error: unknown) => {
      if (signal !== undefined || !stopper?.aborted || !WITHOUT_EFFECT.has(kind)) throw error
      throw new ConditionError('EABORT', `${this.name}: stopped`, {}, { cause: error })
    }
    return taken.catch(stopped).finally(() => release?.())
  }

  /** Does what is not ended by the session's signal: what it asks has the usual time all the same. */
  async undisturbed<T>(act: () => Promise<T>): Promise<T> {
    this.#undisturbed++
    try {
      return await act()
    } finally {
      this.#undisturbed--
    }
  }

  /** Ends the agent. What waits for an answer gets none. */
  async close(): Promise<void> {
    this.#lose('it was closed')
    await this.#channel.close()
  }

  /** What ends the connection while this moment's answer is waited for. */
  get #breaker(): AbortSignal | undefined {
    return this.#undisturbed > 0 ? undefined : signalNow(this.#signal)
  }

  #freshId(): number {
    const id = this.#nextId
    this.#nextId = (id % 0xffff_ffff) + 1
    return id
  }

  #send(kind: Ask, id: number, payload: Uint8Array): void {
    const head = packed({ u32: payload.length }, { u32: ASK[kind] }, { u32: id }, { u32: 0 })
    this.#channel.write(packed(head, payload))
  }

  #take(bytes: Uint8Array): void {
    // Who is sent away may send on until it is gone.
    if (this.#lost) return
    this.#understand(() => this.#frames.take(bytes, (frame) => this.#answer(frame)))
  }

  /** Nothing was asked yet. */
  #refuse(early: Uint8Array): void {
    this.#take(early)
    if (early.length > 0 && !this.#lost) this.#breakFor(new Malformed('an answer to nothing'))
  }

  #understand(act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      this.#breakFor(error)
    }
  }

  #answer({ kind, id, payload }: Frame): void {
    const pending = this.#pending[0]
    if (pending === undefined || pending.kind !== kind || pending.id !== id) {
      throw new Malformed('an answer to nothing')
    }
    const rest = new Reader(payload)
    const errno = rest.i32()
    const taken = pending.take({ errno: errno === 0 ? undefined : errnoName(errno), rest })
    if (taken === MORE) {
      if (!pending.stopped) this.#watch()
      return
    }
    rest.end()
    this.#pending.shift()
    this.#watch()
    pending.resolve(taken)
  }

  /** The time for the next answer begins now. */
  #watch(): void {
    clearTimeout(this.#timer)
    const [next] = this.#pending
    if (next === undefined) return
    const limit = this.#limitMs + next.moreMs
    this.#timer = setTimeout(
      () => this.#break(`no answer within ${Number((limit / 1000).toFixed(3))} s`),
      limit,
    )
  }

  #breakFor({ message }: Malformed): void {
    const cure = 'let nothing but the agent write on its connection'
    this.#break(`what came is no answer of an agent (${message})`, cure)
  }

  #break(why: string, cure?: string): void {
    this.#lose(why, cure)
    void this.#channel.close()
  }

  #lose(why: string, cure?: string): void {
    if (this.#lost) return
    this.#lost = lostConnection(this.name, why, cure)
    this.#frames.clear()
    clearTimeout(this.#timer)
    for (const { reject } of this.#pending.splice(0)) reject(this.#lost)
    this.#ending.abort()
  }
}

/** Passes over what comes before the mark, and takes the hello. */
async function greet<T>(
  channel: Channel,
  { limitMs, talkMs, unanswered, recognise }: Required<Omit<SessionOptions, 'signal' | 'moreMs'>>,
  begin: (
    hello: Hello,
    came: Uint8Array,
    connect: (take: (bytes: Uint8Array) => void) => void,
  ) => T,
): Promise<T> {
  const came = new GatheredBytes()
  let timer: NodeJS.Timeout | undefined
  let talk: NodeJS.Timeout | undefined
  const fail = (why: string, cure?: string) =>
    connectionError(channel.name, `${unanswered}${why}`, cure)
  const said = () => saidLast((afterMark(came.bytes) ?? { before: came.bytes }).before)
  try {
    return await new Promise<T>((resolve, refuse) => {
      const reject = (error: unknown) => {
        take = () => {}
        refuse(error)
      }
      const late = (ms: number) => {
        const what =
          came.length === 0 ? ': nothing came, and an agent says its hello at once' : said()
        reject(fail(` within ${ms / 1000} s${what}`))
      }
      let take = (bytes: Uint8Array) => {
        if (came.length === 0) talk = setTimeout(late, talkMs, talkMs)
        came.add(bytes)
        const found = afterMark(came.bytes)
        if (found === undefined && came.length > MOST_NOISE) {
          reject(fail(`: too much came that is none of its words${saidFirst(came.bytes)}`))
        }
        const stranger = found ? undefined : recognise(came.bytes)
        if (stranger) reject(fail(`: ${stranger.why}`, stranger.cure))
        if (found === undefined) return
        try {
          const hello = readHello(found.after)
          if (hello === undefined) return
          const rest = found.after.slice(HELLO_BYTES)
          resolve(
            begin(hello, rest, (next) => {
              take = next
            }),
          )
        } catch (error) {
          if (error instanceof OtherVersion) {
            const cure = `let the agent of this physmem serve there, which is written here by: ${WRITE_AGENT}`
            reject(connectionError(channel.name, error.message, cure))
          } else if (error instanceof Malformed) reject(fail(`: ${error.message}`))
          else reject(error)
        }
      }
      channel.take((bytes) => take(bytes))
      void channel.ended.then((why) => reject(fail(`: ${why}${said()}`)))
      timer = setTimeout(late, limitMs, limitMs)
    })
  } finally {
    clearTimeout(timer)
    clearTimeout(talk)
  }
}
