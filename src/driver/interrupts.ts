import { type PhysmemError, RefusedError, RequestError } from '../errors.ts'
import { type InterruptWatch, loadAddon } from '../native/addon.ts'

/** Interrupts of a device: one, or several that were told as one. */
export interface Interrupt {
  /** How many the kernel has counted since the driver was bound, modulo 2^32. */
  readonly count: number
  /** How many more came since the one before: they were too quick to be told apart. */
  readonly missed: number
  /** When the last of them was taken, by CLOCK_MONOTONIC, as of `process.hrtime.bigint()`. */
  readonly timeNs: bigint
}

/** Where interrupts come from. */
export interface InterruptSource {
  /** As errors name it: `uio0`. */
  name: string
  fd: number
  /** How many the kernel has counted by now, modulo 2^32. */
  counted(): number
  /** Lets the next one come. Called before each wait, unless one is on its way to us. */
  enable(): void
  /** The error for what ended the thread that waits: an errno. */
  explain(errno: number): PhysmemError
}

/**
 * Opens a device, and tells the count that its descriptor starts from: the one of the moment of
 * opening (drivers/uio/uio.c, uio_open()), which is known when it is the same before and after.
 */
export function openCounted(
  open: () => number,
  counted: () => number,
  close: (fd: number) => void,
): { fd: number; count: number } {
  for (;;) {
    const count = counted()
    const fd = open()
    if (counted() === count) return { fd, count }
    close(fd)
  }
}

/** Waits for interrupts without keeping the thread: one that asks at a time. */
export class InterruptQueue {
  readonly #source: InterruptSource
  #watch: InterruptWatch | undefined
  #count: number
  #arrived: { count: number; timeNs: bigint } | undefined
  #failure: PhysmemError | undefined
  #isWaiting = false
  #wake: () => void = () => {}
  #isClosed = false

  /** `count` is the one before the first that is told. */
  constructor(source: InterruptSource, count: number) {
    this.#source = source
    this.#count = count
  }

  /**
   * The next interrupt; `undefined` when `signal` or `close()` ended the wait. What came since the
   * last one is told at once. Rejects with EUSAGE while somebody else waits, ECLOSED after `close()`.
   */
  async next(signal?: AbortSignal): Promise<Interrupt | undefined> {
    const { name } = this.#source
    if (this.#isClosed) throw new RefusedError('ECLOSED', `${name} is closed`, { place: name })
    if (this.#isWaiting) {
      throw new RequestError('EUSAGE', `somebody waits for the interrupts of ${name} already`, {
        place: name,
      })
    }
    this.#isWaiting = true
    try {
      if (!signal?.aborted) await this.#wait(signal)
    } finally {
      this.#isWaiting = false
    }
    return this.#take(signal)
  }

  /** Ends a wait; what is not told by then is lost. */
  close(): void {
    this.#isClosed = true
    this.#watch?.close()
    this.#wake()
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    this.#watch ??= loadAddon().watchInterrupts(this.#source.fd, (...news) => this.#told(...news))
    if (this.#arrived || this.#failure) return
    // What has come masked the interrupt; to let it through now would make it come twice.
    if (this.#source.counted() === this.#count) this.#source.enable()
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    signal?.addEventListener('abort', this.#wake)
    this.#watch.hold(true)
    await woken
    this.#watch.hold(false)
    signal?.removeEventListener('abort', this.#wake)
  }

  #told(count: number, timeNs: bigint, errno: number): void {
    if (errno !== 0) this.#failure = this.#source.explain(errno)
    else this.#arrived = { count, timeNs }
    this.#wake()
  }

  #take(signal: AbortSignal | undefined): Interrupt | undefined {
    if (signal?.aborted || this.#isClosed) return undefined
    if (this.#arrived) {
      const { count, timeNs } = this.#arrived
      const missed = (count - this.#count - 1) >>> 0
      this.#arrived = undefined
      this.#count = count
      return { count, missed, timeNs }
    }
    throw this.#failure
  }
}
