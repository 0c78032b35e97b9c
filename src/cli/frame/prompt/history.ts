/** The lines that somebody typed at a prompt, kept for the next time in a file of the user's own. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { printable } from '../../../text/refuse.ts'
import { isPrivate, UserFolder } from '../user-folder.ts'

/** So many lines are kept; a file is cut to these when it has twice as many bytes as they may have. */
const MOST_LINES = 1000
const MOST_BYTES = 128 * 1024

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

/** Lines, the newest first. */
export class History {
  readonly #lines: string[]
  readonly #file: string | undefined

  private constructor(lines: string[], file: string | undefined) {
    this.#lines = lines
    this.#file = file
  }

  /** That of one session alone. */
  static empty(): History {
    return new History([], undefined)
  }

  /**
   * That of the user: `$XDG_STATE_HOME/physmem/history`, or below `~/.local/state`. Where there is no
   * folder for it, it is of one session alone; where the file is not to be trusted, `tell` says so, too.
   */
  static open(
    env: Readonly<Record<string, string | undefined>>,
    tell: (text: string) => void,
  ): History {
    const folder = UserFolder.find('state', ['physmem'], env)
    if (folder === undefined) return History.empty()
    const file = `${folder.path}/history`
    try {
      folder.make()
      return new History(read(file), file)
    } catch (error) {
      if (error instanceof Untrusted) tell(`no history is kept: ${file} ${error.message}`)
      return History.empty()
    }
  }

  get lines(): readonly string[] {
    return this.#lines
  }

  /** A line that repeats the last one, or begins with a blank, is not kept, as in shells. */
  add(line: string): void {
    if (line.startsWith(' ') || line === this.#lines[0] || printable(line) !== line) return
    this.#lines.unshift(line)
    this.#lines.splice(MOST_LINES)
    if (this.#file === undefined) return
    try {
      append(this.#file, `${line}\n`)
    } catch {} // A full disk, or a folder that is gone, is no reason to say so at each line.
  }
}

class Untrusted extends Error {}

/** Throws Untrusted for what is no regular file of this user alone, and what open() throws. */
function opened<T>(file: string, flags: number, act: (fd: number, status: Stats) => T): T {
  const fd = openHere(file, flags)
  try {
    const status = fstatSync(fd)
    if (!status.isFile()) throw new Untrusted('is no file')
    if (!isPrivate(status)) {
      throw new Untrusted('must belong to this user and to nobody else (mode 0600)')
    }
    return act(fd, status)
  } finally {
    closeSync(fd)
  }
}

function openHere(file: string, flags: number): number {
  try {
    return openSync(file, flags | O_NOFOLLOW | O_NONBLOCK, 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw new Untrusted('is a link')
    throw error
  }
}

/** The newest first. A file that has become long is cut to what is read. */
function read(file: string): string[] {
  let isLong = false
  let text: string
  try {
    text = opened(file, O_RDONLY, (fd, { size }) => {
      const bytes = Buffer.alloc(Math.min(size, MOST_BYTES))
      const length = readSync(fd, bytes, 0, bytes.length, size - bytes.length)
      isLong = size > 2 * MOST_BYTES
      // The first may be a part of a line.
      const [, ...rest] = bytes.toString('utf8', 0, length).split('\n')
      return size > bytes.length ? rest.join('\n') : bytes.toString('utf8', 0, length)
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const lines = text.split('\n').filter((line) => line !== '' && printable(line) === line)
  const kept = lines.slice(-MOST_LINES)
  if (isLong) replace(file, `${kept.join('\n')}\n`)
  return kept.reverse()
}

function append(file: string, text: string): void {
  opened(file, O_WRONLY | O_APPEND | O_CREAT, (fd) => writeSync(fd, text))
}

/** Whole, or not at all. */
function replace(file: string, text: string): void {
  const fresh = `${file}.${process.pid}`
  opened(fresh, O_WRONLY | O_CREAT | O_EXCL, (fd) => writeSync(fd, text))
  renameSync(fresh, file)
}
