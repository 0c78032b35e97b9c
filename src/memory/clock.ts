import { setImmediate, setTimeout } from 'node:timers/promises'
import { checkKind } from '../text/options.ts'

/** A source of time, so that tests need not wait for the real one. */
export interface Clock {
  /** Microseconds since any moment; never runs backwards. */
  nowUs(): number
  /**
   * Resolves after at least `us` microseconds, or soon after `signal` is aborted; never rejects.
   * Lets other work run in every case, with 0 too.
   */
  sleepUs(us: number, signal?: AbortSignal): Promise<void>
  /**
   * Returns after at least `us` microseconds, in which nothing else ran: the pauses of windows, which
   * do not pause without it.
   */
  blockUs?(us: number): void
}

/** The time of this machine. */
export const systemClock: Clock = {
  nowUs: () => performance.now() * 1000,

  async sleepUs(us, signal) {
    const end = performance.now() * 1000 + us
    // A timer counts whole milliseconds; the rest is spent turn by turn of the event loop.
    const wholeMs = Math.floor(us / 1000) - 1
    if (wholeMs >= 1) await setTimeout(wholeMs, undefined, signal && { signal }).catch(() => {})
    do await setImmediate()
    while (!signal?.aborted && performance.now() * 1000 < end)
  },

  blockUs(us) {
    const end = performance.now() * 1000 + us
    const wholeMs = Math.floor(us / 1000) - 1
    if (wholeMs >= 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wholeMs)
    while (performance.now() * 1000 < end);
  },
}

/** A clock that stands still until something sleeps or a test advances it. */
export class VirtualClock implements Clock {
  /** What a sleep costs at least, in microseconds: a loop that polls must come to its end. */
  static readonly POLL_US = 10
  #us = 0

  nowUs(): number {
    return this.#us
  }

  async sleepUs(us: number): Promise<void> {
    checkKind('us', us, 'number')
    this.#us += Math.max(us, VirtualClock.POLL_US)
    await setImmediate()
  }

  blockUs(us: number): void {
    checkKind('us', us, 'number')
    this.#us += Math.max(us, VirtualClock.POLL_US)
  }

  /** Lets `ms` milliseconds pass at once. */
  advanceMs(ms: number): void {
    checkKind('ms', ms, 'number')
    this.#us += ms * 1000
  }
}
