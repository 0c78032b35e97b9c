import { setImmediate } from 'node:timers/promises'
import { checkKind } from '../text/options.ts'

/**
 * Runs jobs one after the other, in the order in which they came. A failed job stops no other. One that
 * need not wait begins at once, so that what it throws has its caller's stack; of one that waits, each
 * promise is awaited in one place only, or V8 would not find its caller.
 */
export class RunQueue {
  /** Resolves when every job so far has ended; `undefined` when none is left. */
  #last: Promise<void> | undefined

  /**
   * A job whose `signal` is aborted before its turn begins at once, beside the one that runs: it must
   * do nothing then but say so.
   */
  async add<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    checkKind('job', job, 'function')
    if (signal !== undefined) checkKind('signal', signal, 'AbortSignal')
    const before = this.#last
    let resolve = (): void => {}
    const last = new Promise<void>((resolved) => {
      resolve = resolved
    })
    this.#last = last
    const end = () => {
      if (this.#last === last) this.#last = undefined
      resolve()
    }
    let isTurn = before === undefined
    try {
      if (before) {
        const turn = before.then(() => {
          isTurn = true
        })
        await (signal ? orAborted(turn, signal) : turn)
      }
      return await job()
    } finally {
      if (isTurn) end()
      else void before?.then(end)
    }
  }

  /** Resolves when every job that was added so far has ended, and those who wait for it know. */
  async idle(): Promise<void> {
    if (this.#last === undefined) return
    await this.#last
    await setImmediate()
  }
}

function orAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const begin = () => {
      signal.removeEventListener('abort', begin)
      resolve()
    }
    signal.addEventListener('abort', begin)
    if (signal.aborted) begin()
    else void turn.then(begin)
  })
}
