import { closeSync, ftruncateSync, type Stats, writeSync } from 'node:fs'
import { RequestError } from '../../base/errors.ts'
import { placeAt, showPlace } from '../../place/at.ts'
import { are, counted, were } from '../../text/count.ts'
import { optionWord } from '../../wording/command-line.ts'
import { fileError, isSameFile, openOutput } from '../files.ts'
import type { Stretch } from '../resolve.ts'
import type { Gap, Piece } from '../stream.ts'
import type { Sink } from './sink.ts'

/** What one write(2) is given: for more, the page cache looks for larger pages, which takes longer. */
const WRITE_BYTES = 2 ** 20

/**
 * A file of raw bytes. What was in it is thrown away when the first bytes come, not before. Gaps
 * become holes, so that everything after them keeps its offset. Writes block on purpose: the next
 * piece is being read on another thread meanwhile, and handing writes over too makes both slower.
 */
export class FileSink implements Sink {
  readonly path: string
  /** Bytes that were written. */
  written = 0
  readonly #stretch: Stretch
  readonly #fd: number
  readonly #status: Stats
  #emptied = false
  /** Where the last gap ended, while nothing was written after it. */
  #hole = 0

  /** Throws when the file cannot be written, or is what is dumped. */
  constructor(path: string, stretch: Stretch, keepGoing: boolean) {
    const { fd, status } = openOutput(path)
    this.path = path
    this.#stretch = stretch
    this.#fd = fd
    this.#status = status
    try {
      this.#refuse(keepGoing)
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }

  write({ offset, bytes }: Piece): void {
    this.#empty()
    const regular = this.#status.isFile()
    for (let done = 0; done < bytes.length; ) {
      const position = regular ? offset + done : null
      const most = Math.min(bytes.length - done, WRITE_BYTES)
      const count = this.#try(() => writeSync(this.#fd, bytes, done, most, position))
      done += count
      this.written += count
    }
    this.#hole = 0
  }

  gap({ offset, length }: Gap): void {
    this.#empty()
    this.#hole = offset + length
  }

  end(): void {
    const hole = this.#hole
    this.#hole = 0
    try {
      if (hole > 0) this.#try(() => ftruncateSync(this.#fd, hole))
    } finally {
      this.#try(() => closeSync(this.#fd))
    }
  }

  fate(): string {
    if (!this.#emptied) {
      return `nothing was read; ${this.path} is ${this.#status.size > 0 ? 'as it was' : 'empty'}`
    }
    const { place, fixed } = this.#stretch
    const last = showPlace(placeAt(place, Math.max(0, this.written - 1)))
    const which = this.written === 0 || fixed ? '' : ` (${showPlace(place)} to ${last})`
    const written = counted(this.written, 'byte')
    return `${written}${which} ${this.whereabouts}`
  }

  /** Where the bytes are, as the end of a sentence about them. */
  get whereabouts(): string {
    return this.#status.isFile()
      ? `${are(this.written)} in ${this.path}`
      : `${were(this.written)} written to ${this.path}`
  }

  #refuse(keepGoing: boolean): void {
    const { place } = this.#stretch
    if (place.scheme === 'file' && isSameFile(place.path, this.#status)) {
      throw new RequestError('EUSAGE', `${this.path} is what is dumped: write to another file`)
    }
    if (keepGoing && !this.#status.isFile()) {
      throw new RequestError(
        'EUSAGE',
        `${this.path} is not a regular file, which ${optionWord('keep-going')} needs: only a regular file can have gaps`,
      )
    }
  }

  #empty(): void {
    if (this.#emptied) return
    if (this.#status.isFile()) this.#try(() => ftruncateSync(this.#fd, 0))
    this.#emptied = true
  }

  #try<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw fileError(this.path, 'written', error)
    }
  }
}
