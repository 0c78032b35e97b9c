import type { Readable } from 'node:stream'

/** Everything that a stream has said so far, and a way to wait for what it says next. */
export class Transcript {
  readonly #chunks: Buffer[] = []
  readonly #listeners = new Set<() => void>()

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      for (const listener of this.#listeners) listener()
    })
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString()
  }

  lastLines(count: number): string {
    return this.text.trimEnd().split(/\r?\n/).slice(-count).join('\n')
  }

  /** Resolves with the match as soon as the text has one, also in what was said before the call. */
  waitFor(pattern: RegExp | string, timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const { text } = this
        const found =
          typeof pattern === 'string' ? text.includes(pattern) && pattern : pattern.exec(text)?.[0]
        if (typeof found !== 'string') return
        done()
        resolve(found)
      }
      const timer = setTimeout(() => {
        done()
        reject(
          new Error(`${pattern} did not come in ${timeoutMs} ms after:\n${this.lastLines(20)}`),
        )
      }, timeoutMs)
      const done = (): void => {
        clearTimeout(timer)
        this.#listeners.delete(look)
      }
      this.#listeners.add(look)
      look()
    })
  }
}
