/** The lines that somebody typed at a prompt, kept for the next time in a file of the user's own. */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { printable } from '../../../text/refuse.ts'
import { isPrivate, UserFolder } from '../user-folder.ts'

/** So many lines are kept; a file is cut to these when it has twice as many bytes as they may have. */
const MOST_LINES = 1000
const MOST_BYTES = 128 * 1024

/** S_ISVTX of stat(2). */
const STICKY = 0o1000

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

/** Lines, the newest first. */
export class History {
  readonly #lines: string[]
  /** `undefined` where it is of one session alone. */
  #file: string | undefined
  readonly #tell: (text: string) => void

  private constructor(
    lines: string[],
    file: string | undefined,
    tell: (text: string) => void = () => {},
  ) {
    this.#lines = lines
    this.#file = file
    this.#tell = tell
  }

  /** That of one session alone. */
  static empty(): History {
    return new History([], undefined)
  }

  /**
   * That of the user: `$XDG_STATE_HOME/physmem/history`, or below `~/.local/state`; folders that are
   * missing are made. Where there is none for it, or the file is not to be trusted, it is of one session
   * alone, and `tell` says so once.
   */
  static open(
    env: Readonly<Record<string, string | undefined>>,
    tell: (text: string) => void,
  ): History {
    const folder = UserFolder.find('state', ['physmem'], env)
    if (folder === undefined) {
      tell('no history is kept: neither XDG_STATE_HOME nor HOME names a folder for it')
      return History.empty()
    }
    const file = `${folder.path}/history`
    try {
      const { XDG_STATE_HOME: home } = env
      if (home?.startsWith('/')) makeMissing(home)
      folder.make()
    } catch (error) {
      tell(`no history is kept: ${folder.path} cannot be made (${reasonOf(error)})`)
      return History.empty()
    }
    try {
      return new History(read(file), file, tell)
    } catch (error) {
      tell(notKept(file, 'read', error))
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
    } catch (error) {
      // A full disk, or a folder that is gone, is no reason to say so at each line.
      this.#tell(notKept(this.#file, 'written', error))
      this.#file = undefined
    }
  }
}

class Untrusted extends Error {}

function notKept(file: string, done: 'read' | 'written', error: unknown): string {
  const why = error instanceof Untrusted ? error.message : `cannot be ${done} (${reasonOf(error)})`
  return `no history is kept: ${file} ${why}`
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

/**
 * The folder that XDG_STATE_HOME names, with mode 0700 as its specification has it, in a folder of this
 * user's or one such as /tmp, in which nobody replaces what is of another. Throws where it cannot be made.
 */
function makeMissing(path: string): void {
  const missing: string[] = []
  let there = path
  for (; statSync(there, { throwIfNoEntry: false }) === undefined; there = dirname(there)) {
    missing.unshift(there)
  }
  if (missing.length === 0) return
  const { uid, mode } = statSync(there)
  if (uid !== process.geteuid?.() && (mode & STICKY) === 0) throw new Error('not our folder')
  for (const folder of missing) mkdirSync(folder, 0o700)
}

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
