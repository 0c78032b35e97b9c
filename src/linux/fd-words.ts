import { closeSync, openSync, readSync } from 'node:fs'
import type { Stretch, WordFile } from './word-file.ts'

/** A file of words that this process has opened. */
export class FdWords implements WordFile {
  #fd: number | undefined

  /** Throws as Node does, with the errno as `code`. */
  constructor(path: string) {
    this.#fd = openSync(path, 'r')
  }

  /** The descriptor. Throws EBADF once it is closed. */
  protected get fd(): number {
    if (this.#fd !== undefined) return this.#fd
    throw Object.assign(new Error('the file is closed'), { code: 'EBADF' })
  }

  read(first: number, words: Uint32Array): number {
    const position = first * 8
    if (!Number.isSafeInteger(position)) return 0
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
    let done = 0
    while (done < bytes.length) {
      const count = readSync(this.fd, bytes, done, bytes.length - done, position + done)
      if (count === 0) break
      done += count
    }
    return Math.floor(done / 8)
  }

  populated(first: number, end: number): Iterable<Stretch> {
    return [{ page: first, count: end - first }]
  }

  isHuge(_page: number): boolean | undefined {
    return undefined
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
}
