import type { Duplex } from 'node:stream'

export type QmpArguments = Readonly<Record<string, unknown>>

interface QmpMessage {
  readonly id?: number
  readonly return?: unknown
  readonly error?: { readonly class: string; readonly desc: string }
  readonly event?: string
  readonly QMP?: unknown
}

interface Waiting {
  readonly command: string
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** QEMU's own control connection: one line of JSON per message. */
export class Qmp {
  readonly #stream: Duplex
  readonly #waiting = new Map<number, Waiting>()
  #received = ''
  #lastId = 0
  #gone: Error | undefined

  constructor(stream: Duplex) {
    this.#stream = stream
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => this.#receive(text))
    stream.on('error', () => {}) // a vanished machine is reported by `fail`
    this.run('qmp_capabilities').catch(() => {})
  }

  fail(error: Error): void {
    this.#gone ??= error
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }

  run(command: string, parameters: QmpArguments = {}): Promise<unknown> {
    if (this.#gone) return Promise.reject(this.#gone)
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { command, resolve, reject })
      this.#stream.write(`${JSON.stringify({ execute: command, arguments: parameters, id })}\n`)
    })
  }

  /** A command of the human monitor, for what has no message of its own. */
  async monitor(line: string): Promise<string> {
    return String(await this.run('human-monitor-command', { 'command-line': line }))
  }

  #receive(text: string): void {
    const lines = (this.#received + text).split('\n')
    this.#received = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') this.#take(JSON.parse(line) as QmpMessage)
  }

  #take(message: QmpMessage): void {
    if (message.id === undefined) return // the greeting, or an event
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (!waiting) return
    if (message.error) waiting.reject(new Error(`QMP ${waiting.command}: ${message.error.desc}`))
    else waiting.resolve(message.return)
  }
}
