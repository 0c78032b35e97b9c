import type { Context } from '../../frame/context.ts'

/** Lines are many and short: they are written together. */
export class Lines {
  readonly #context: Context
  #waiting: string[] = []

  constructor(context: Context) {
    this.#context = context
  }

  add(line: string): void {
    this.#waiting.push(line)
    if (this.#waiting.length >= 1000) this.flush()
  }

  flush(): void {
    this.#context.print(this.#waiting)
    this.#waiting = []
  }
}
