import { closeSync, ftruncateSync, type Stats, writeSync } from 'node:fs'
import { RequestError } from '../base/errors.ts'
import type { Place } from '../place/schemes/index.ts'
import { fileError, isSameFile, openOutput } from './files.ts'

/** What is not to be written over. */
export interface Spared {
  /** What is read. */
  places: readonly Place[]
  /** Files that describe it. */
  descriptions: readonly string[]
  /** Files that are written besides. */
  others?: readonly TextFile[]
}

/** A file of text that is written piece by piece; what was in it goes when the first piece comes. */
export class TextFile {
  readonly path: string
  readonly status: Stats
  readonly #fd: number
  #emptied = false

  /** Throws when it cannot be written, and EUSAGE for a file that is read, or written besides. */
  constructor(path: string, { places, descriptions, others = [] }: Spared) {
    const { fd, status } = openOutput(path)
    this.path = path
    this.status = status
    this.#fd = fd
    try {
      for (const place of places) {
        if (place.scheme !== 'file' || !isSameFile(place.path, status)) continue
        throw new RequestError('EUSAGE', `${path} is what is read: write to another file`)
      }
      if (descriptions.some((file) => isSameFile(file, status))) {
        const message = `${path} is a part of the description: expected another file`
        throw new RequestError('EUSAGE', message)
      }
      for (const other of others) {
        if (!status.isFile() || !isSameFile(other.path, status)) continue
        throw new RequestError('EUSAGE', `${path} is given twice: each file has one format`)
      }
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }

  /** Blocks on purpose: samples are taken on another thread meanwhile. */
  write(text: string): void {
    const bytes = Buffer.from(text)
    try {
      if (!this.#emptied && this.status.isFile()) ftruncateSync(this.#fd, 0)
      this.#emptied = true
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done)
    } catch (error) {
      throw fileError(this.path, 'written', error)
    }
  }

  close(): void {
    closeSync(this.#fd)
  }
}
