import { setImmediate, setTimeout } from 'node:timers/promises'
import { RequestError } from '../base/errors.ts'
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
  /**
   * Whether a pause takes no real time. A wait on a simulated board then leaves out the looks that
   * could see nothing new.
   */
  readonly virtual?: boolean
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

/** As far as numbers are exact: 285 years. */
const MAX_US = Number.MAX_SAFE_INTEGER

/** A clock that stands still until something sleeps or a test advances it. */
export class VirtualClock implements Clock {
  /** What a sleep costs at least, in microseconds: a loop that polls must come to its end. */
  static readonly POLL_US = 10
  readonly virtual = true
  #us = 0

  nowUs(): number {
    return this.#us
  }

  async sleepUs(us: number): Promise<void> {
    this.blockUs(us)
    await setImmediate()
  }

  /** Lets `us` microseconds pass at once, 10 at least. ERANGE as `advanceMs`. */
  blockUs(us: number): void {
    checkKind('us', us, 'number')
    this.#advance(us, Math.max(us, VirtualClock.POLL_US))
  }

  /**
   * Lets `ms` milliseconds pass at once, 0 or more. ERANGE for others, and after 285 years in all.
   */
  advanceMs(ms: number): void {
    checkKind('ms', ms, 'number')
    this.#advance(ms * 1000, ms * 1000)
  }

  #advance(asked: number, us: number): void {
    const room = MAX_US - this.#us
    if (!(asked >= 0 && us <= room)) {
      const message = `a clock never runs backwards: expected 0 to ${room} microseconds to pass, not ${asked}`
      throw new RequestError('ERANGE', message)
    }
    this.#us += us
  }
}

/**
 * How long a wait pauses on a virtual clock when nothing can change before `quietUntilUs`: to the first
 * of its looks, one each `intervalUs`, that can see something new.
 */
export function pauseOverQuiet(intervalUs: number, nowUs: number, quietUntilUs: number): number {
  const stepUs = Math.max(intervalUs, VirtualClock.POLL_US)
  return stepUs * Math.max(1, Math.ceil((quietUntilUs - nowUs) / stepUs))
}
