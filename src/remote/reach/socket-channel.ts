import { connect, type Socket } from 'node:net'
import { counted } from '../../text/count.ts'
import { textOf } from '../bytes.ts'
import type { Channel } from '../channel.ts'
import { connectionError } from '../errors.ts'

/** unix(7): the rest of sun_path, without the zero behind it. */
const MOST_PATH_BYTES = 107

/** A unix socket, at whose other end an agent serves. */
export async function openSocket(name: string, path: string): Promise<Channel> {
  if (textOf(path).length > MOST_PATH_BYTES) {
    const why = `the path of a socket has at most ${counted(MOST_PATH_BYTES, 'byte')}`
    throw connectionError(name, why)
  }
  const socket = connect(path)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (error) => reject(connectionError(name, whyNot(error))))
  })
  return new SocketChannel(name, socket)
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such socket (ENOENT)',
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ENOTDIR: 'a part of its path is not a directory (ENOTDIR)',
  EACCES: 'its permissions do not allow it (EACCES)',
}

function whyNot(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? error.message
}

class SocketChannel implements Channel {
  readonly name: string
  readonly ended: Promise<string>
  readonly #socket: Socket

  constructor(name: string, socket: Socket) {
    this.name = name
    this.#socket = socket
    this.ended = new Promise((resolve) => {
      socket.on('error', (error) => resolve(whyNot(error)))
      socket.once('close', () => resolve('the other side closed it'))
    })
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  take(bytes: (bytes: Uint8Array) => void): void {
    // A socket that nobody listens to keeps what comes.
    this.#socket.removeAllListeners('data')
    this.#socket.on('data', bytes)
  }

  async close(): Promise<void> {
    this.#socket.end()
    this.#socket.destroy()
  }
}
