import { type PhysmemError, RefusedError, RequestError } from '../base/errors.ts'
import { type InterruptWatch, loadAddon } from '../engine/addon.ts'

/** Interrupts of a device: one, or several that are reported as one. */
export interface Interrupt {
  /** How many the kernel has counted since the driver was bound, modulo 2^32. */
  readonly count: number
  /** How many more came since the one before: they came too fast to be told apart. */
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

/** Who waits. */
interface Waiter {
  resolve(interrupt: Interrupt | undefined): void
  reject(error: unknown): void
}

/**
 * Waits for interrupts without keeping the thread: one that asks at a time. What is done from an
 * interrupt to its telling is as little as can be: each line of it is latency.
 */
export class InterruptQueue {
  readonly #source: InterruptSource
  #watch: InterruptWatch | undefined
  #count: number
  #arrived: { count: number; timeNs: bigint } | undefined
  #failure: PhysmemError | undefined
  #waiter: Waiter | undefined
  /** What the waiter was given. */
  #wait: Promise<Interrupt | undefined> | undefined
  #isClosed = false

  /** `count` is the one before the first that is reported. */
  constructor(source: InterruptSource, count: number) {
    this.#source = source
    this.#count = count
  }

  /**
   * The next interrupt; `undefined` when `stop()` or `close()` ended the wait. What came since the
   * last one is reported at once. Rejects with EUSAGE while somebody else waits, ECLOSED after
   * `close()`.
   */
  next(): Promise<Interrupt | undefined> {
    const wait = new Promise<Interrupt | undefined>((resolve, reject) => {
      this.#begin({ resolve, reject })
    })
    if (this.#waiter && !this.#wait) this.#wait = wait
    return wait
  }

  /** Ends this wait, if it still stands; nothing is lost by that. */
  stop(wait: Promise<Interrupt | undefined>): void {
    if (wait === this.#wait) this.#end()?.resolve(undefined)
  }

  /** Ends a wait; what is not reported by then is lost. */
  close(): void {
    this.#isClosed = true
    this.#watch?.close()
    this.#end()?.resolve(undefined)
  }

  #begin(waiter: Waiter): void {
    const { name } = this.#source
    if (this.#isClosed) throw new RefusedError('ECLOSED', `${name} is closed`, { place: name })
    if (this.#waiter) {
      throw new RequestError('EUSAGE', `another wait for the interrupts of ${name} is running`, {
        place: name,
      })
    }
    this.#watch ??= loadAddon().watchInterrupts(this.#source.fd, (...news) => this.#told(...news))
    if (this.#arrived || this.#failure) {
      this.#tell(waiter)
      return
    }
    // What has come masked the interrupt; to let it through now would make it come twice.
    if (this.#source.counted() === this.#count) this.#source.enable()
    this.#waiter = waiter
    this.#watch.hold(true)
  }

  #told(count: number, timeNs: bigint, errno: number): void {
    if (errno !== 0) this.#failure = this.#source.explain(errno)
    else this.#arrived = { count, timeNs }
    const waiter = this.#end()
    if (waiter) this.#tell(waiter)
  }

  #end(): Waiter | undefined {
    const waiter = this.#waiter
    if (!waiter) return undefined
    this.#waiter = this.#wait = undefined
    this.#watch?.hold(false)
    return waiter
  }

  #tell({ resolve, reject }: Waiter): void {
    if (!this.#arrived) {
      reject(this.#failure)
      return
    }
    const { count, timeNs } = this.#arrived
    const missed = (count - this.#count - 1) >>> 0
    this.#arrived = undefined
    this.#count = count
    resolve({ count, missed, timeNs })
  }
}
