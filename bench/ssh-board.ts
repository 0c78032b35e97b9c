import { spawnSync } from 'node:child_process'
import { truncateSync } from 'node:fs'
import { FolderBoard, noBoard } from '../src/cli/testing/board.ts'
import { noSshServer, SshServer } from '../src/cli/testing/ssh-server.ts'
import { root } from './built.ts'
import { delayed, type Relay } from './delay.ts'

export const noSshBoard = noSshServer ?? noBoard

export interface SshBoardOptions {
  /** Bytes of its physical memory; 64 KiB when absent. */
  memory?: number
  /** A machine of src/linux/testing/recorded, whose /proc and /sys it has. */
  recorded?: string
  /** How much longer everything takes on its way, in milliseconds. */
  delayMs?: number
}

/**
 * A board behind OpenSSH's server on the loopback, called `board` by the `ssh` of this process: a folder
 * with busybox, in which a file is the physical memory.
 */
export class SshBoard implements AsyncDisposable {
  readonly board = new FolderBoard()
  readonly #server = new SshServer()
  readonly #path = process.env.PATH
  #relay: Relay | undefined

  static async start({ memory, recorded, delayMs }: SshBoardOptions = {}): Promise<SshBoard> {
    const made = new SshBoard()
    const { board } = made
    if (memory !== undefined) truncateSync(board.at('dev/mem'), memory)
    if (recorded !== undefined) unpack(recorded, board.path)
    const line = `exec chroot ${board.path} sh -c "$SSH_ORIGINAL_COMMAND"`
    await made.#server.start(line, delayMs === undefined ? undefined : made.#through(delayMs))
    process.env.PATH = `${made.#server.bin}:${made.#path}`
    return made
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.env.PATH = this.#path
    this.#relay?.[Symbol.dispose]()
    await this.#server.stop()
    this.board.remove()
  }

  #through(delayMs: number) {
    return async (port: number) => {
      this.#relay = await delayed(port, delayMs)
      return this.#relay.port
    }
  }
}

function unpack(name: string, folder: string): void {
  const archive = `${root}src/linux/testing/recorded/${name}.tar.gz`
  const words = ['-xzf', archive, '-C', folder, '--strip-components=1', '--exclude=root/dev/*']
  const { status, stderr } = spawnSync('tar', words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}
