import { statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { Endpoint } from '../../place/target.ts'
import { counted } from '../../text/count.ts'
import { textOf } from '../bytes.ts'
import type { Channel } from '../channel.ts'
import { connectionError } from '../errors.ts'

/** unix(7): the rest of sun_path, without the zero behind it. */
const MOST_PATH_BYTES = 107

/** How long a host may take to answer. */
const CONNECT_MS = 10_000

/** A unix socket, or a port of a host. Rejects with ECONNECTION. */
export async function openEndpoint(name: string, at: Endpoint): Promise<Channel> {
  if ('path' in at && textOf(at.path).length > MOST_PATH_BYTES) {
    const why = `the path of a socket has at most ${counted(MOST_PATH_BYTES, 'byte')}`
    throw connectionError(name, why, 'give a shorter path, such as that of a link to it')
  }
  const socket = 'path' in at ? connect({ path: at.path }) : connect({ ...at, noDelay: true })
  let timer: NodeJS.Timeout | undefined
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string, cure?: string) => reject(connectionError(name, why, cure))
    timer = setTimeout(() => {
      socket.destroy()
      fail(`nobody answered within ${CONNECT_MS / 1000} s`, CURES.EHOSTUNREACH)
    }, CONNECT_MS)
    socket.once('connect', resolve)
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (isOther(at, error)) fail('it is no socket (ECONNREFUSED)', SOCKET)
      else fail(whyNot(error), CURES[error.code ?? ''])
    })
  }).finally(() => clearTimeout(timer))
  return new SocketChannel(name, socket)
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such socket (ENOENT)',
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ENOTDIR: 'a part of its path is not a directory (ENOTDIR)',
  EACCES: 'its permissions do not allow it (EACCES)',
  ENOTFOUND: 'there is no host of this name (ENOTFOUND)',
  EPIPE: 'the other side has ended it (EPIPE)',
  ECONNRESET: 'the other side has ended it (ECONNRESET)',
  EHOSTUNREACH: 'no way leads to the host (EHOSTUNREACH)',
  ENETUNREACH: 'no way leads to the host (ENETUNREACH)',
  ETIMEDOUT: 'the host does not answer (ETIMEDOUT)',
  EAI_AGAIN: 'its name cannot be looked up (EAI_AGAIN)',
  EPROTOTYPE: 'it is a socket of another type (EPROTOTYPE)',
}

const NAME = 'give a name that this machine can look up, or the address of the host'
const NETWORK = 'see that the host runs, and that a network leads to it'
const SOCKET = 'give the path of a socket on which a program listens'

/** What helps, whoever should serve there. */
const CURES: Record<string, string> = {
  ENOTDIR: SOCKET,
  EPROTOTYPE: SOCKET,
  EACCES: 'be a user who may write to the socket and enter its folders, such as root',
  ENOTFOUND: NAME,
  EAI_AGAIN: NAME,
  EHOSTUNREACH: NETWORK,
  ENETUNREACH: NETWORK,
  ETIMEDOUT: NETWORK,
}

/** Of a file or folder it is said, too, that nobody listens. */
function isOther(at: Endpoint, { code }: NodeJS.ErrnoException): boolean {
  if (code !== 'ECONNREFUSED' || !('path' in at)) return false
  return statSync(at.path, { throwIfNoEntry: false })?.isSocket() === false
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
