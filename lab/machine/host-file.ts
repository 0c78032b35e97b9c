import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onProcessEnd } from './cleanup.ts'

/** A file of the host that is memory of a guest, too: each sees what the other writes. */
export class HostFile implements Disposable {
  readonly path: string
  readonly #file: number
  readonly #remove: () => void
  readonly #release: () => void

  constructor(bytes: number) {
    // In memory, where there is such a place: a disk would write back all that the guest writes.
    const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
    const folder = mkdtempSync(join(parent, 'physmem-shared-'))
    this.path = join(folder, 'memory')
    this.#file = openSync(this.path, 'w+')
    ftruncateSync(this.#file, bytes)
    this.#remove = () => rmSync(folder, { recursive: true, force: true })
    this.#release = onProcessEnd(this.#remove)
  }

  read(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    const got = readSync(this.#file, bytes, 0, length, offset)
    if (got !== length) throw new Error(`${this.path} has ${got} of ${length} bytes at ${offset}`)
    return bytes
  }

  write(offset: number, bytes: Uint8Array): void {
    writeSync(this.#file, bytes, 0, bytes.length, offset)
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
    this.#release()
    this.#remove()
  }
}
