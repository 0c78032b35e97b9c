import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PacketParser, packetOf } from '../packets.ts'

/** What is sent back: the data of a packet, bytes as they are, or several of them; nothing where absent. */
export type Reply = string | Uint8Array | readonly (string | Uint8Array)[] | undefined

/** A server of one connection at a time, on a socket of this machine. */
export class FakeServer implements AsyncDisposable {
  /** Every packet or line that came. */
  readonly asked: string[] = []
  readonly #folder = mkdtempSync(join(tmpdir(), 'physmem-debug-'))
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(serve: (socket: Socket, server: FakeServer) => void) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      serve(socket, this)
    })
  }

  /** One of GDB's protocol. `answer` is called with each packet; `greeting` comes at once. */
  static async gdb(answer: (packet: string) => Reply, greeting?: Reply): Promise<FakeServer> {
    const parser = new PacketParser()
    return await new FakeServer((socket, server) => {
      const say = (reply: Reply) => {
        for (const one of reply === undefined ? [] : [reply].flat()) {
          socket.write(typeof one === 'string' ? packetOf(one) : one)
        }
      }
      say(greeting)
      socket.on('data', (chunk) => {
        for (const came of parser.take(chunk)) {
          if (typeof came !== 'object') continue
          server.asked.push(came.packet)
          socket.write('+')
          say(answer(came.packet))
        }
      })
    }).#listen()
  }

  /** One that speaks in lines. */
  static async lines(greeting: string, answer: (line: string) => string | undefined) {
    return await new FakeServer((socket, server) => {
      socket.write(greeting)
      socket.on('data', (chunk) => {
        for (const line of chunk.toString().split('\n').filter(Boolean)) {
          server.asked.push(line)
          socket.write(answer(line) ?? '')
        }
      })
    }).#listen()
  }

  get path(): string {
    return join(this.#folder, 'socket')
  }

  /** Also at a port of this machine. */
  async port(): Promise<{ host: string; port: number; server: Server }> {
    const other = createServer((socket) => this.#server.emit('connection', socket))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    return { host: '127.0.0.1', port: (other.address() as AddressInfo).port, server: other }
  }

  /** Cuts the connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.path, resolve))
    return this
  }
}
