import { writeSync } from 'node:fs'
import { ClosedPipe, type Io, type Output } from './io.ts'

/**
 * The streams of this process. They are written with plain write(2): setting up `process.stdout`
 * takes longer than everything else that a short read does.
 */
export function processIo(): Io {
  let controller: AbortController | undefined
  return {
    stdout: new ProcessOutput(1),
    stderr: new ProcessOutput(2),
    interrupted() {
      if (controller === undefined) {
        const made = new AbortController()
        controller = made
        const abort = () => made.abort()
        // Once: a second Ctrl-C ends the process, whatever it hangs on.
        process.once('SIGINT', abort)
        process.once('SIGTERM', abort)
      }
      return controller.signal
    },
  }
}

class ProcessOutput implements Output {
  readonly #fd: 1 | 2

  constructor(fd: 1 | 2) {
    this.#fd = fd
  }

  write(data: string | Uint8Array): void {
    let rest = typeof data === 'string' ? Buffer.from(data) : data
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(this.#fd, rest))
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'EPIPE') throw new ClosedPipe()
        if (code !== 'EAGAIN') throw error
        // Somebody made this pipe non-blocking, and it is full.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
      }
    }
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true
  }

  get hasColors(): boolean {
    return this.#stream.hasColors?.() === true
  }

  get columns(): number {
    return this.#stream.columns || 80
  }

  get rows(): number {
    return this.#stream.rows || 24
  }

  get #stream() {
    return this.#fd === 1 ? process.stdout : process.stderr
  }
}
