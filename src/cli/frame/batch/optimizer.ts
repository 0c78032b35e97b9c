/** How long a batch runs before V8 optimizes its code. */
const SHORT_S = 0.5

/**
 * Keeps V8's optimizing compiler off while a batch is short. What a thousand short lines run would be
 * compiled for longer than it then runs, on threads that slow the batch down where CPUs are few. A long
 * batch has the compiler back after half a second, a line that takes long, too.
 */
export class IdleOptimizer implements Disposable {
  readonly #end = process.uptime() + SHORT_S
  readonly #timer = setTimeout(() => this.#wake(), SHORT_S * 1000).unref()
  #isIdle = true

  constructor() {
    setFlag('--no-opt')
  }

  /** To be called between lines, which may leave a timer no turn. */
  look(): void {
    if (this.#isIdle && process.uptime() > this.#end) this.#wake()
  }

  /** As it was before: V8 refuses a code cache that was made under other flags. */
  [Symbol.dispose](): void {
    this.#wake()
  }

  #wake(): void {
    if (!this.#isIdle) return
    this.#isIdle = false
    clearTimeout(this.#timer)
    setFlag('--opt')
  }
}

function setFlag(flag: string): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(flag)
}
