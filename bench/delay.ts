import { connect, createServer, type Socket } from 'node:net'

/** A port of the loopback that leads to another one. */
export interface Relay extends Disposable {
  port: number
}

/** What goes through it takes so many milliseconds longer, each way, as through `tc qdisc … netem delay`. */
export function delayed(port: number, ms: number): Promise<Relay> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    forward(near, far, ms)
    forward(far, near, ms)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.setNoDelay().on('error', () => {})
      socket.once('close', () => sockets.delete(socket))
    }
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' ? (address?.port ?? 0) : 0,
        [Symbol.dispose]() {
          server.close()
          for (const socket of sockets) socket.destroy()
        },
      })
    })
  })
}

function forward(from: Socket, to: Socket, ms: number): void {
  from.on('data', (bytes) => setTimeout(() => to.write(bytes), ms))
  from.once('close', () => setTimeout(() => to.destroy(), ms))
}
