import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { isPrivate } from '../frame/user-folder.ts'

/** V8's code cache of a bundle, as a file keeps it. */
export interface CodeCache {
  data: Uint8Array
  /** What was run when it was made: what such runs need is in it. */
  lessons: string[]
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

/** After so long a file of another version of physmem or Node is taken for forgotten. */
const FORGOTTEN_MS = 30 * 24 * 3600_000

/**
 * Reads a file that `keepCodeCache` made with this key. `undefined` when anything is not as it must
 * be: a link, of another user or open to others, made from something else, cut off, or damaged.
 * Throws when there is none. V8 looks at versions, flags and lengths only: damaged data is run, and
 * so is what was made from another source of the same length.
 */
export function readCodeCache(path: string, key: string): CodeCache | undefined {
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const status = fstatSync(fd)
    return status.isFile() && isPrivate(status) ? parse(readFileSync(fd), key) : undefined
  } finally {
    closeSync(fd)
  }
}

/**
 * A file is a line with the key, a line with the lessons, and the data twice. Comparing them finds
 * damage a hundred times faster than what a start costs that must load a digest first.
 */
function parse(file: Buffer, key: string): CodeCache | undefined {
  const keyEnd = file.indexOf('\n')
  if (file.toString('latin1', 0, keyEnd) !== key) return undefined
  const dataStart = file.indexOf('\n', keyEnd + 1) + 1
  const middle = (dataStart + file.length) / 2
  const data = file.subarray(dataStart, middle)
  if (dataStart === 0 || data.length === 0 || !data.equals(file.subarray(middle))) return undefined
  return { data, lessons: file.toString('latin1', keyEnd + 1, dataStart - 1).split(' ') }
}

/** Puts a file in place, whole or not at all; throws when it cannot. */
export function keepCodeCache(path: string, key: string, { data, lessons }: CodeCache): void {
  const fresh = `${path}.${process.pid}`
  const fd = openSync(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  try {
    const head = Buffer.from(`${key}\n${lessons.join(' ')}\n`, 'latin1')
    writeFileSync(fd, Buffer.concat([head, data, data]))
    renameSync(fresh, path)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  } finally {
    closeSync(fd)
  }
}

/** Removes the files that nobody has renewed for long. */
export function forgetOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`
    if (Date.now() - statSync(path).mtimeMs > FORGOTTEN_MS) rmSync(path)
  }
}
