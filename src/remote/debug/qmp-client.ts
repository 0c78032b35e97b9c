import { RefusedError } from '../../base/errors.ts'
import { counted } from '../../text/count.ts'
import { clip, printable } from '../../text/refuse.ts'
import { Malformed, textOf } from '../bytes.ts'
import type { Channel } from '../channel.ts'
import { Inbox } from './inbox.ts'

/** A line of QEMU's monitor is no longer: nothing long is asked for. */
const LINE_MOST = 64 * 1024

type Message = Record<string, unknown>

/** Asks QEMU's monitor (QMP), one question at a time. */
export class QmpClient {
  readonly #channel: Channel
  readonly #inbox: Inbox<Message>
  #line = ''
  #id = 0

  constructor(channel: Channel, limitMs: number) {
    this.#channel = channel
    const options = { what: 'QEMU’s monitor', limitMs }
    this.#inbox = new Inbox(channel, options, (bytes) => this.#read(bytes))
  }

  /** What the monitor says before it is asked. Rejects with ECONNECTION. */
  async greeting(): Promise<Message> {
    const { QMP } = await this.#inbox.next()
    if (!isObject(QMP)) throw this.refuse('no greeting')
    return QMP
  }

  get isLost(): boolean {
    return this.#inbox.isLost
  }

  /** What a command returns. Rejects with ECONNECTION, and EIO of a command that fails. */
  async ask(execute: string, given?: Message): Promise<unknown> {
    const id = ++this.#id
    this.#inbox.takeAll() // Events.
    const request = { execute, id, ...(given && { arguments: given }) }
    this.#inbox.write(textOf(`${JSON.stringify(request)}\n`))
    for (;;) {
      const message = await this.#inbox.next()
      if ('event' in message) continue
      if (message.id !== id) throw this.refuse('an answer to another question')
      if (isObject(message.error)) throw this.#failed(execute, message.error.desc)
      if (!('return' in message)) throw this.refuse('neither a result nor an error')
      return message.return
    }
  }

  /** What a command of the monitor for people prints. */
  async monitor(line: string): Promise<string> {
    const said = await this.ask('human-monitor-command', { 'command-line': line })
    if (typeof said !== 'string') throw this.refuse('no text')
    return said
  }

  /** That what came is not what was asked for: the connection is lost, for good. */
  refuse(why: string): Error {
    return this.#inbox.refuse(why)
  }

  close(): Promise<void> {
    return this.#channel.close()
  }

  #failed(command: string, why: unknown): Error {
    const said = clip(typeof why === 'string' ? why : 'no reason is given')
    const { name } = this.#channel
    return new RefusedError('EIO', `${name}: ${command} failed: ${said}`, {
      place: name,
      why: said,
    })
  }

  *#read(bytes: Uint8Array): Generator<Message> {
    const lines = (this.#line + Buffer.from(bytes).toString('latin1')).split('\n')
    this.#line = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield messageOf(line)
    if (this.#line.length > LINE_MOST)
      throw new Malformed(`a line of more than ${counted(LINE_MOST, 'byte')}`)
  }
}

function messageOf(line: string): Message {
  try {
    const value: unknown = JSON.parse(Buffer.from(line, 'latin1').toString())
    if (isObject(value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new Malformed(`a line that is no object: ${printable(line.slice(0, 40))}`)
}

const isObject = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
