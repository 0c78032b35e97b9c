import { spawn } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { prebuiltFile } from '../../engine/engine-file.ts'
import { packed } from '../../remote/bytes.ts'
import { firstFrame } from '../../remote/frames.ts'
import { ASK } from '../../remote/protocol.ts'
import type { FolderBoard } from './board.ts'

/**
 * The agent of a board behind a socket, whose connection is lost when a program has run: the program is
 * done there, and its answer does not come.
 */
export class LosingAgent {
  /** Called when a program has run, before the connection is lost. */
  onRun: () => void = () => {}
  /** Programs that are answered before it. */
  answered = 0
  readonly #board: FolderBoard
  readonly #path: string
  readonly #server: Server

  constructor(board: FolderBoard, path: string) {
    this.#board = board
    this.#path = path
    const file = prebuiltFile(`linux-${process.arch}`, 'physmem-agent') as string
    copyFileSync(file, board.at('bin/physmem-agent'))
    this.#server = createServer((socket) => this.#serve(socket)).listen(path)
  }

  get target(): string {
    return `unix:${this.#path}`
  }

  close(): void {
    this.#server.close()
  }

  #serve(socket: Socket): void {
    const agent = spawn('chroot', [this.#board.path, '/bin/physmem-agent', 'serve'])
    let asked: Uint8Array = new Uint8Array(0)
    let runs = 0
    socket.on('data', (bytes) => {
      asked = packed(asked, bytes)
      for (let next = firstFrame(asked); next; next = firstFrame(asked)) {
        asked = next.rest
        if (next.frame.kind === ASK.run) runs++
      }
      agent.stdin.write(bytes)
    })
    agent.stdout.on('data', (bytes) => {
      if (runs <= this.answered) socket.write(bytes)
      else {
        this.onRun()
        setTimeout(() => socket.destroy(), 20)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => agent.kill())
    agent.stdin.on('error', () => {})
  }
}
