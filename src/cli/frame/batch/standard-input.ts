import { RequestError } from '../../../base/errors.ts'

/** The standard input of a batch, which one alone can read: its commands come through it, or a line takes it. */
export class StandardInput {
  #reason: string | undefined

  /**
   * Takes it for what `reason` says to the others (`line 2 reads it`). Throws EUSAGE where it is taken.
   */
  take(reason: string): void {
    if (this.#reason !== undefined) {
      const message = `standard input can be read once, and ${this.#reason}`
      throw new RequestError('EUSAGE', message, { input: '-', cure: 'read a file instead' })
    }
    this.#reason = reason
  }
}
