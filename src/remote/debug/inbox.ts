import type { PhysmemError } from '../../base/errors.ts'
import { printable } from '../../text/refuse.ts'
import { Malformed } from '../bytes.ts'
import type { Channel } from '../channel.ts'
import { lostConnection } from '../errors.ts'

/** Most that may wait to be taken: a server answers what it is asked, and that is one thing at a time. */
const MOST_WAITING = 1024

/** What comes from a server, piece by piece, until the connection is lost, which it is for good. */
export class Inbox<T> {
  readonly #channel: Channel
  readonly #limitMs: number
  readonly #what: string
  readonly #waiting: T[] = []
  #wake: (() => void) | undefined
  #lost: PhysmemError | undefined

  /**
   * `read` makes pieces of bytes, and throws Malformed for what is none: what came then is no answer of
   * `what`. A piece that has not come after `limitMs` never will.
   */
  constructor(
    channel: Channel,
    { what, limitMs }: { what: string; limitMs: number },
    read: (bytes: Uint8Array) => Iterable<T>,
  ) {
    this.#channel = channel
    this.#limitMs = limitMs
    this.#what = what
    channel.take((bytes) => this.#take(bytes, read))
    void channel.ended.then((why) => this.lose(why))
  }

  get isLost(): boolean {
    return this.#lost !== undefined
  }

  /** All that has come and nobody has taken. */
  takeAll(): T[] {
    return this.#waiting.splice(0)
  }

  /** Throws ECONNECTION where the connection is lost; sends nothing then. */
  write(bytes: Uint8Array): void {
    if (this.#lost) throw this.#lost
    this.#channel.write(bytes)
  }

  /** The next piece. Rejects with ECONNECTION where none comes any more. */
  async next(): Promise<T> {
    if (this.#waiting.length === 0 && !this.#lost) await this.#wait()
    const [piece] = this.#waiting.splice(0, 1)
    if (piece !== undefined) return piece
    throw this.#lost ?? this.lose('nothing came')
  }

  /** What is lost stays so: an answer that comes late would be taken for that of another question. */
  lose(why: string): PhysmemError {
    if (this.#lost === undefined) {
      this.#lost = lostConnection(this.#channel.name, printable(why))
      void this.#channel.close()
      this.#wake?.()
    }
    return this.#lost
  }

  /** What came is not what such a server says. */
  refuse(why: string): PhysmemError {
    return this.lose(`what came is no answer of ${this.#what} (${why})`)
  }

  async #wait(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const limit = `${this.#what} has not answered within ${this.#limitMs / 1000} s`
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      timer = setTimeout(() => this.lose(limit), this.#limitMs)
    })
    clearTimeout(timer)
    this.#wake = undefined
  }

  #take(bytes: Uint8Array, read: (bytes: Uint8Array) => Iterable<T>): void {
    if (this.#lost) return
    try {
      for (const piece of read(bytes)) {
        if (this.#waiting.push(piece) > MOST_WAITING) throw new Malformed('more than was asked for')
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      this.refuse(error.message)
    }
    if (this.#waiting.length > 0) this.#wake?.()
  }
}
