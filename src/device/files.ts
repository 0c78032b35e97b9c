import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { RefusedError, RequestError } from '../base/errors.ts'
import type { SourceText } from '../describe/model.ts'
import { clip } from '../text/refuse.ts'

/** Larger than any description: the largest of an SVD file of a real chip has 16 MB. */
export const MOST_DESCRIPTION_BYTES = 64 << 20

/**
 * A file that describes something, and those beside it; `check` is asked before each is opened. Throws
 * ENOPLACE, EPERMISSION, EOPEN or ERANGE.
 * Devices and pipes are refused: to read them may act on something, or never end.
 */
export function sourceAt(path: string, check?: (path: string) => void): SourceText {
  check?.(path)
  const bytes = readDescriptionBytes(path)
  return {
    name: path,
    text: new TextDecoder().decode(bytes),
    bytes,
    open: (name) => sourceAt(name.startsWith('/') ? name : join(dirname(path), name), check),
  }
}

/** `what`: what it should be, for messages. */
export function readDescriptionFile(path: string, what = 'a description'): string {
  return new TextDecoder().decode(readDescriptionBytes(path, what))
}

function readDescriptionBytes(path: string, what = 'a description'): Uint8Array {
  let fd: number | undefined
  try {
    // First of its name: to open a pipe waits for a writer, and to open a device may act on it.
    refuseOther(statSync(path), path, what)
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    const status = fstatSync(fd)
    refuseOther(status, path, what)
    if (status.size > MOST_DESCRIPTION_BYTES) {
      const size = `${Math.ceil(status.size / 2 ** 20)} MiB`
      const message = `${clip(path)} has ${size}: ${what} has at most 64 MiB`
      throw new RequestError('ERANGE', message, { input: path })
    }
    return readFileSync(fd)
  } catch (error) {
    throw explained(error, path)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function refuseOther(status: Stats, path: string, what: string): void {
  if (status.isFile()) return
  const kind = status.isDirectory() ? 'a folder' : 'not a regular file'
  const message = `${clip(path)} is ${kind}: expected ${what}`
  throw new RequestError('ENOPLACE', message, { input: path })
}

function explained(error: unknown, path: string): unknown {
  const { code: errno } = error as NodeJS.ErrnoException
  if (error instanceof RequestError || errno === undefined) return error
  const data = { input: path, errno }
  const options = { cause: error }
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    return new RequestError('ENOPLACE', `there is no file ${clip(path)}`, data, options)
  }
  const what = `${clip(path)} could not be read (${errno})`
  if (errno === 'EACCES' || errno === 'EPERM') {
    return new RefusedError('EPERMISSION', what, data, options)
  }
  return new RefusedError('EOPEN', what, data, options)
}

/** Whether a kind of block is written as a file. */
export function isFile(is: string): boolean {
  return /^[./~]/.test(is) || /\.(?:ya?ml|svd|xml|json|csv|hwh|xsa|regdb)$/i.test(is)
}
