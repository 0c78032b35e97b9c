import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { RequestError } from '../../errors.ts'
import type { Stretch } from '../access/resolve.ts'
import type { Gap, Piece } from '../access/stream.ts'
import { fileError, isSameFile, openOutput } from '../files.ts'
import { placeAt, showPlace } from '../format/value.ts'
import type { Sink } from './sink.ts'

/**
 * A file of raw bytes. What was in it is thrown away when the first bytes come, not before. Gaps
 * become holes, so that everything behind them keeps its offset.
 */
export class FileSink implements Sink {
  readonly path: string
  /** Bytes that were written. */
  written = 0
  readonly #stretch: Stretch
  readonly #handle: FileHandle
  readonly #status: Stats
  #emptied = false
  /** Where the last gap ended, while nothing was written behind it. */
  #hole = 0

  /** Throws when the file cannot be written, or is what is dumped. */
  static async open(path: string, stretch: Stretch, keepGoing: boolean): Promise<FileSink> {
    const { handle, status } = await openOutput(path)
    try {
      const { place } = stretch
      if (place.scheme === 'file' && (await isSameFile(place.path, status))) {
        throw new RequestError('EUSAGE', `${path} is what is dumped: write to another file`)
      }
      if (keepGoing && !status.isFile()) {
        throw new RequestError(
          'EUSAGE',
          `${path} is no regular file, which --keep-going needs: only there can bytes be left out`,
        )
      }
      return new FileSink(path, stretch, handle, status)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  private constructor(path: string, stretch: Stretch, handle: FileHandle, status: Stats) {
    this.path = path
    this.#stretch = stretch
    this.#handle = handle
    this.#status = status
  }

  async write({ offset, bytes }: Piece): Promise<void> {
    await this.#empty()
    const regular = this.#status.isFile()
    for (let done = 0; done < bytes.length; ) {
      const position = regular ? offset + done : null
      const count = await this.#try(async () => {
        const { bytesWritten } = await this.#handle.write(bytes, done, undefined, position)
        return bytesWritten
      })
      done += count
      this.written += count
    }
    this.#hole = 0
  }

  async gap({ offset, length }: Gap): Promise<void> {
    await this.#empty()
    this.#hole = offset + length
  }

  async end(): Promise<void> {
    const hole = this.#hole
    this.#hole = 0
    try {
      if (hole > 0) await this.#try(() => this.#handle.truncate(hole))
    } finally {
      await this.#try(() => this.#handle.close())
    }
  }

  fate(): string {
    if (!this.#emptied) {
      return `nothing was read; ${this.path} is ${this.#status.size > 0 ? 'as it was' : 'empty'}`
    }
    const { place } = this.#stretch
    const last = showPlace(placeAt(place, Math.max(0, this.written - 1)))
    const which = this.written === 0 ? '' : ` (${showPlace(place)} to ${last})`
    return `${this.written} bytes${which} are in ${this.path}, which is kept`
  }

  async #empty(): Promise<void> {
    if (this.#emptied) return
    if (this.#status.isFile()) await this.#try(() => this.#handle.truncate(0))
    this.#emptied = true
  }

  async #try<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      throw fileError(this.path, 'written', error)
    }
  }
}
