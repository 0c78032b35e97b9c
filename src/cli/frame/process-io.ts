import { fstatSync, writeSync } from 'node:fs'
import { FILE_REASONS } from '../../base/errno.ts'
import { AccessError, ConditionError, PhysmemError, RequestError } from '../../base/errors.ts'
import { asciiOf } from '../../text/ascii.ts'
import { counted } from '../../text/count.ts'
import {
  ClosedPipe,
  ENDING_SIGNALS,
  type EndingSignal,
  type Io,
  type Output,
  UnwritableOutput,
} from './io.ts'
import { listenToKeys } from './keys.ts'
import { COLUMNS } from './words.ts'

/**
 * The streams of this process. They are written with plain write(2): setting up `process.stdout`
 * takes longer than everything else that a short read does.
 */
export function processIo(): Io {
  let controller: AbortController | undefined
  const stdout = new ProcessOutput(1)
  const io: Io = {
    endedBy: undefined,
    stdout,
    stderr: new ProcessOutput(2),
    interrupted() {
      if (controller === undefined) {
        const made = new AbortController()
        controller = made
        const abort = (signal: EndingSignal) => {
          // The terminal shows ^C where the cursor is.
          if (signal === 'SIGINT' && io.stderr.isTerminal) io.stderr.write('\n')
          io.endedBy ??= signal
          made.abort()
        }
        // Once: a second Ctrl-C ends the process, whatever it hangs on.
        for (const signal of ENDING_SIGNALS) process.once(signal, abort)
      }
      return controller.signal
    },
    readInput: (most) => readInput(most, io.interrupted()),
    inputEnded() {
      const ended = new AbortController()
      const status = fstatSync(0)
      if (status.isFIFO() || status.isSocket()) {
        const abort = () => ended.abort()
        process.stdin.once('close', abort).once('end', abort).once('error', abort).resume()
        process.stdin.unref() // An open pipe keeps no process that has done its work.
      }
      return ended.signal
    },
    keys: (onKey) => (stdout.isTerminal && isTerminal(0) ? listenToKeys(onKey) : undefined),
  }
  return io
}

async function readInput(most: number, signal: AbortSignal): Promise<Uint8Array> {
  const { isatty } = process.getBuiltinModule('node:tty')
  if (isatty(0)) {
    const message = 'standard input is a terminal: expected a pipe or a file'
    throw new RequestError('EUSAGE', message, { input: '-' })
  }
  const chunks: Uint8Array[] = []
  let size = 0
  const stop = () => process.stdin.destroy(new ConditionError('EABORT', 'stopped'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > most) {
        const message = `standard input has more than ${counted(most, 'byte')}: save it in a file`
        throw new RequestError('ERANGE', message, { input: '-' })
      }
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof PhysmemError) throw cause
    const { code: errno = 'unknown error' } = cause as NodeJS.ErrnoException
    const message = `standard input cannot be read: ${FILE_REASONS[errno]?.[1] ?? errno}`
    throw new AccessError('EIO', message, { errno }, { cause })
  }
  return Buffer.concat(chunks)
}

class ProcessOutput implements Output {
  readonly #fd: 1 | 2
  /** Why nothing more is written: what follows a missing piece is worth nothing. */
  #failure: UnwritableOutput | undefined
  #hasUnicode: boolean | undefined

  constructor(fd: 1 | 2) {
    this.#fd = fd
  }

  write(data: string | Uint8Array): void {
    if (this.#failure) throw this.#failure
    const text = typeof data === 'string' && !this.hasUnicode ? asciiOf(data) : data
    const all = typeof text === 'string' ? Buffer.from(text) : text
    let rest = all
    while (rest.length > 0) {
      try {
        const written = writeSync(this.#fd, rest)
        if (written === rest.length) return
        rest = rest.subarray(written)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'EPIPE') throw new ClosedPipe()
        if (code !== 'EAGAIN') {
          // There is nobody to tell that stderr takes no more, and no reason to stop the work.
          if (this.#fd === 2) return
          this.#failure = unwritable(error, all.length - rest.length)
          throw this.#failure
        }
        // Somebody made this pipe non-blocking, and it is full.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
      }
    }
  }

  get isTerminal(): boolean {
    return isTerminal(this.#fd)
  }

  get hasColors(): boolean {
    return this.isTerminal && this.#stream.hasColors?.() === true
  }

  get hasUnicode(): boolean {
    this.#hasUnicode ??= isUnicode(process.env)
    return this.#hasUnicode
  }

  get columns(): number {
    return (this.isTerminal && this.#stream.columns) || columnsSaid(process.env) || 80
  }

  get rows(): number {
    return (this.isTerminal && this.#stream.rows) || 24
  }

  get #stream() {
    return this.#fd === 1 ? process.stdout : process.stderr
  }
}

/** 0 where it says none. */
function columnsSaid({ [COLUMNS]: columns = '' }: NodeJS.ProcessEnv): number {
  return /^\d{1,4}$/.test(columns) ? Number(columns) : 0
}

function isUnicode({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')
}

function isTerminal(fd: number): boolean {
  // Sockets and streams come with node:tty, which takes longer than all else that a read does.
  return mayBeTerminal(fd) && process.getBuiltinModule('node:tty').isatty(fd)
}

/** Whether it is a character device other than /dev/null and its like. */
export function mayBeTerminal(fd: number): boolean {
  try {
    const status = fstatSync(fd)
    return status.isCharacterDevice() && status.rdev >> 8 !== MEMORY_DEVICES
  } catch {
    return false // It is closed.
  }
}

/** The major number: Documentation/admin-guide/devices.txt. */
const MEMORY_DEVICES = 1

function unwritable(cause: unknown, bytes: number): UnwritableOutput {
  const { code: errno = 'unknown error' } = cause as NodeJS.ErrnoException
  const message = `standard output cannot be written: ${FILE_REASONS[errno]?.[1] ?? errno}`
  return new UnwritableOutput('EIO', message, { errno, bytes }, { cause })
}
