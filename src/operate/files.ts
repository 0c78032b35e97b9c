/** Plain files that commands read and write, with errors like those of memories. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { FILE_REASONS } from '../base/errno.ts'
import { AccessError, RefusedError, RequestError } from '../base/errors.ts'
import { clip } from '../text/refuse.ts'

/** The error of a system call on a file: ENOPLACE is a wrong request, the rest is not. */
export function fileError(path: string, what: 'read' | 'written', cause: unknown) {
  const { code: errno = 'unknown error' } = cause as NodeJS.ErrnoException
  const [code, reason] = FILE_REASONS[errno] ?? ['EIO', errno]
  const Kind = { ENOPLACE: RequestError, EPERMISSION: RefusedError }[code as string] ?? AccessError
  const missingFolder = errno === 'ENOENT' && what === 'written'
  const why = missingFolder ? 'its folder does not exist' : reason
  return new Kind(code, `${path} cannot be ${what}: ${why}`, { file: path, errno }, { cause })
}

/** Opens a file for writing: a new one, or an old one whose content is still there. */
export function openOutput(path: string): { fd: number; status: Stats } {
  const { O_WRONLY, O_CREAT } = constants
  try {
    // Without O_TRUNC: what is there stays until there is something to replace it.
    const fd = openSync(path, O_WRONLY | O_CREAT, 0o666)
    return { fd, status: fstatSync(fd) }
  } catch (error) {
    throw fileError(path, 'written', error)
  }
}

/** Makes a file of a text, in the place of what it had. */
export function writeText(path: string, text: string): void {
  write(path, text, () => {})
}

/** Makes a file of bytes that can be run by whoever may read it. */
export function writeProgram(path: string, bytes: Uint8Array): void {
  write(path, bytes, (fd, { mode }) => fchmodSync(fd, (mode & 0o7777) | ((mode & 0o444) >> 2)))
}

function write(
  path: string,
  content: string | Uint8Array,
  finish: (fd: number, status: Stats) => void,
): void {
  const { fd, status } = openOutput(path)
  try {
    if (status.isFile()) ftruncateSync(fd)
    writeFileSync(fd, content)
    if (status.isFile()) finish(fd, status)
  } catch (error) {
    throw fileError(path, 'written', error)
  } finally {
    closeSync(fd)
  }
}

/** Bytes that are read from the start, and may be read again. */
export interface Input {
  /** As it was named, for messages. */
  readonly path: string
  readonly length: number
  /** Fills the buffer with what is at `offset`; false when there is not so much. */
  fill(buffer: Uint8Array, offset: number): Promise<boolean>
  close(): Promise<void>
}

/** What came through a pipe, which has been read to its end. */
export class BytesInput implements Input {
  readonly path: string
  readonly length: number
  readonly #bytes: Uint8Array

  constructor(path: string, bytes: Uint8Array) {
    this.path = path
    this.length = bytes.length
    this.#bytes = bytes
  }

  async fill(buffer: Uint8Array, offset: number): Promise<boolean> {
    const piece = this.#bytes.subarray(offset, offset + buffer.length)
    buffer.set(piece)
    return piece.length === buffer.length
  }

  async close(): Promise<void> {}
}

/** A regular file that is read. */
class FileInput implements Input {
  readonly path: string
  /** Bytes when it was opened. */
  readonly length: number
  readonly #handle: FileHandle

  constructor(path: string, handle: FileHandle, length: number) {
    this.path = path
    this.length = length
    this.#handle = handle
  }

  /** Fills the buffer with what is at `offset`; false when the file ends before. */
  async fill(buffer: Uint8Array, offset: number): Promise<boolean> {
    for (let done = 0; done < buffer.length; ) {
      const { bytesRead } = await this.#handle
        .read(buffer, done, buffer.length - done, offset + done)
        .catch((error: unknown) => {
          throw fileError(this.path, 'read', error)
        })
      if (bytesRead === 0) return false
      done += bytesRead
    }
    return true
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

/** Opens a regular file for reading. */
export async function openInput(path: string): Promise<Input> {
  try {
    // A FIFO would wait for a writer: look first.
    const before = statSync(path)
    if (!before.isFile()) throw notRegular(path, before.isDirectory())
    const { open } = await import('node:fs/promises')
    const handle = await open(path, 'r')
    return new FileInput(path, handle, (await handle.stat()).size)
  } catch (error) {
    throw error instanceof RequestError ? error : fileError(path, 'read', error)
  }
}

function notRegular(path: string, directory: boolean): RequestError {
  const what = directory ? 'is a directory' : 'is not a regular file'
  return new RequestError('ENOPLACE', `${path} ${what}: expected a file`, { file: path })
}

/** Whether a path leads to the file with this status. */
export function isSameFile(path: string, { dev, ino }: Stats): boolean {
  const other = statSync(path, { throwIfNoEntry: false })
  return other?.dev === dev && other.ino === ino
}

/** Whether two paths lead to one file. */
export function isSamePath(a: string, b: string): boolean {
  const status = statSync(a, { throwIfNoEntry: false })
  return status !== undefined && isSameFile(b, status)
}

/**
 * Asked before each file of a description is read: throws EUSAGE for the one that `output` would be
 * written over. `description` is the first of them.
 */
export function spare(output: string | undefined, description: string): (path: string) => void {
  return (path) => {
    if (output === undefined || !isSamePath(output, path)) return
    const what = path === description ? 'the description itself' : 'a part of the description'
    const message = `${clip(output)} is ${what}: expected another file`
    throw new RequestError('EUSAGE', message, { file: output })
  }
}

/** Whether there is a regular file of this name. */
export function isRegularFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true
  } catch {
    return false // A part of it cannot be looked into, or is not a folder.
  }
}

/**
 * Whether a path leads to a flattened device tree, by its name: nothing is read, since a file of sysfs
 * may be a card's I/O ports, which a read of it accesses (drivers/pci/pci-sysfs.c).
 */
export function isDeviceTree(path: string): boolean {
  return /\.dtbo?$/i.test(path) && isRegularFile(path)
}
