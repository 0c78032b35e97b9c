import { RequestError } from '../base/errors.ts'
import { didYouMean } from '../text/hint.ts'
import { clip, malformed, quote, refusal } from '../text/refuse.ts'
import { splitWords } from '../text/shell-words.ts'
import { accepted, nearest, suggesting } from '../text/suggest.ts'
import { formatPlace } from './place.ts'
import type { AddressPlace } from './schemes/address.ts'
import type { Place } from './schemes/index.ts'

/** How an agent on another machine, or of another user, is reached. */
export type Reach =
  | { by: 'ssh'; user?: string | undefined; host: string; port?: number | undefined }
  /** A program that runs a shell there, and its arguments. */
  | { by: 'exec'; command: readonly string[] }
  | { by: 'sudo' }
  /** A socket at whose other end an agent serves already. */
  | { by: 'unix'; path: string }
  | ({ by: 'serial' } & SerialLine)

/** A serial line of this machine, at whose other end an agent serves already. */
export interface SerialLine {
  path: string
  /** Bits a second. */
  baud: number
}

/** A socket of this machine, or a port of a host. */
export type Endpoint = { path: string } | { host: string; port: number }

/** A debug port: physical addresses, and nothing else of a machine. */
export type DebugReach =
  /** A server of GDB's remote protocol; `leave` is how the machine is left, where that was given. */
  | { by: 'gdb'; at: Endpoint; leave?: 'running' | 'stopped' | undefined }
  /** QEMU's monitor. */
  | { by: 'qmp'; at: Endpoint }

/** Which machine a memory belongs to. */
export type Target =
  | { kind: 'local' }
  | { kind: 'sim'; board: string }
  | { kind: 'remote'; reach: Reach }
  | { kind: 'debug'; reach: DebugReach }

/** What targets begin with, besides `local`. */
export const TARGET_SCHEMES = [
  ...['sim:', 'ssh://', 'sudo:', 'unix:', 'serial:', 'exec:', 'gdb:', 'qmp:'],
] as const

/** All forms of a target; the last is the command's, which puts the targets of the group in its place. */
export const TARGET_FORMS =
  'local, sim: (a simulated board), sim:FILE, ssh://HOST, sudo:, unix:SOCKET, serial:DEVICE[,BAUD], exec:COMMAND, gdb://HOST:PORT, gdb:SOCKET, qmp://HOST:PORT, qmp:SOCKET or, in commands, @GROUP of a board file'

/**
 * `local` is this machine; `sim:` the simulated board that physmem brings; `sim:FILE` one that is
 * described in a YAML file; `ssh://[USER@]HOST[:PORT]` a machine by the system's ssh client; `sudo:` this
 * one with root's rights; `exec:COMMAND` whatever a program runs a shell on; `unix:SOCKET` and
 * `serial:DEVICE[,BAUD]` an agent that serves there; `gdb://HOST:PORT` and `gdb:SOCKET` a server of GDB's
 * remote protocol, `qmp:SOCKET` and `qmp://HOST:PORT` QEMU's monitor. Throws ESCHEME for anything else,
 * ESYNTAX for a malformed one of these.
 */
export function parseTarget(text: string): Target {
  return suggesting(text, readTarget, () => readTarget(text))
}

function readTarget(text: string): Target {
  if (text === 'local') return { kind: 'local' }
  if (text.startsWith('sim:')) return { kind: 'sim', board: text.slice('sim:'.length) }
  if (text === 'sudo:') return remote({ by: 'sudo' })
  if (text.startsWith('ssh://')) return remote(readSsh(text))
  if (text.startsWith('unix:')) return remote(readUnix(text))
  if (text.startsWith('serial:')) return remote(readSerial(text))
  if (text.startsWith('exec:')) return remote(readExec(text))
  if (text.startsWith('gdb:')) return { kind: 'debug', reach: readGdb(text) }
  if (text.startsWith('qmp:')) {
    const at = readEndpoint(text, text.slice('qmp:'.length), 'qmp://HOST:PORT or qmp:SOCKET')
    return { kind: 'debug', reach: { by: 'qmp', at } }
  }
  const scheme = text.includes(':') ? text.slice(0, text.indexOf(':') + 1) : text
  const near = nearest(
    scheme,
    ['local', ...TARGET_SCHEMES].map((one) => one.replace('//', '')),
  )
  const whole = near?.endsWith(':') ? near + text.slice(scheme.length) : near
  const wrong = `${quote(text)} is not a target: expected ${TARGET_FORMS}`
  throw refusal('ESCHEME', didYouMean(wrong, accepted(text, whole, ...unbegun(text))), text)
}

/** With the beginning that is missing, or not whole: of `ssh:board`, `me@board`, `/dev/ttyUSB0`. */
const unbegun = (text: string): string[] => [
  text.replace(/^(?:ssh(?::\/?|\/+)|(?=[\w.+-]+@))/, 'ssh://'),
  text.replace(/^(?=\/dev\/(?:tty|serial))/, 'serial:'),
]

const remote = (reach: Reach): Target => ({ kind: 'remote', reach })

/** A name that the ssh client takes for no option, and that says nothing to a shell. */
const SSH =
  /^ssh:\/\/(?:([\w.][\w.+-]*)@)?([\w][\w.-]*|\[[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:%[\w.-]+)?\])(?::([1-9][0-9]{0,4}))?\/?$/

function readSsh(text: string): Reach {
  const [, user, host, port] = SSH.exec(text) ?? []
  const number = port === undefined ? undefined : Number(port)
  if (host === undefined || (number ?? 1) > 65535) {
    throw malformed(text, 'a target', 'expected ssh://[USER@]HOST[:PORT]')
  }
  return { by: 'ssh', user, host: host.replace(/^\[(.*)\]$/, '$1'), port: number }
}

function readUnix(text: string): Reach {
  const path = text.slice('unix:'.length)
  if (path === '') throw malformed(text, 'a target', 'expected the path of a socket after unix:')
  return { by: 'unix', path }
}

/** What most boards have. */
const USUAL_BAUD = 115_200

/** The same in native/agent_serial.c. */
const LEAST_BAUD = 300
const MOST_BAUD = 20_000_000

function readSerial(text: string): Reach {
  const [, path = '', digits] = /^serial:(.*?)(?:,([^,]*))?$/s.exec(text) ?? []
  if (path === '' || path.includes('\0')) {
    throw malformed(text, 'a target', 'expected the path of a device after serial:')
  }
  const baud = digits === undefined ? USUAL_BAUD : Number(digits)
  const isNumber = digits === undefined || /^[1-9][0-9]*$/.test(digits)
  if (!isNumber || baud < LEAST_BAUD || baud > MOST_BAUD) {
    const expected = `expected a baud rate from ${LEAST_BAUD} to ${MOST_BAUD} after the device`
    throw malformed(text, 'a target', expected)
  }
  return { by: 'serial', path, baud }
}

function readExec(text: string): Reach {
  const command = splitWords(text.slice('exec:'.length))
  if (command.length === 0 || command[0] === '') {
    throw malformed(text, 'a target', 'expected a command after exec:, which runs a shell')
  }
  if (text.includes('\0')) {
    throw malformed(text, 'a target', 'expected a command without zero bytes after exec:')
  }
  return { by: 'exec', command }
}

function readGdb(text: string): DebugReach {
  const expected = 'gdb://HOST:PORT or gdb:SOCKET, each with ?leave=running or ?leave=stopped'
  const [, where = '', , leave] = /^gdb:(.*?)(\?leave=(running|stopped))?$/s.exec(text) ?? []
  if (where.includes('?leave=')) throw malformed(text, 'a target', `expected ${expected}`)
  const at = readEndpoint(text, where, expected)
  return { by: 'gdb', at, ...(leave && { leave: leave as 'running' | 'stopped' }) }
}

const HOST_AND_PORT =
  /^\/\/([\w][\w.-]*|\[[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:%[\w.-]+)?\]):([1-9][0-9]{0,4})\/?$/

function readEndpoint(text: string, where: string, expected: string): Endpoint {
  if (where !== '' && !where.startsWith('//') && !where.includes('\0')) return { path: where }
  const [, host, port] = HOST_AND_PORT.exec(where) ?? []
  if (host === undefined || Number(port) > 65535) {
    throw malformed(text, 'a target', `expected ${expected}`)
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
}

/** A place on a simulated board, which has no other kinds. Throws ESCHEME for these. */
export function onSimulatedBoard(place: Place): AddressPlace {
  return asAddress(place, 'on a simulated board')
}

/** The same of a debug port. */
export function atDebugPort(place: Place): AddressPlace {
  return asAddress(place, 'at a debug port')
}

function asAddress(place: Place, where: string): AddressPlace {
  if (place.scheme === 'address') return place
  const input = formatPlace(place)
  const message = `${clip(input)} is not ${where}: it has plain addresses only`
  throw new RequestError('ESCHEME', message, { input })
}
