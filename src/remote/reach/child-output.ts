import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import type { Readable } from 'node:stream'
import { closeDescriptor, openPipe } from '../../engine/pipe.ts'

/**
 * What lies in the pipe while nobody reads, at most. Node's own stdio are sockets of a fifth of it: a
 * program that is faster than its reader then keeps the rest itself, which costs ssh as much as all that
 * it decrypts.
 */
const PIPE_BYTES = 2 ** 20

/** What is read at one time. */
const READ_BYTES = 2 ** 18

/** Given what came; good until it returns. */
type Use = (bytes: Uint8Array) => void

/** A program that was started, and its standard output, which ends when all that it wrote was used. */
export interface Started {
  readonly child: ChildProcess
  readonly output: Readable
}

/** Starts a program with pipes; its output comes through one that holds much, where one can be made. */
export function startPiped(program: string, args: readonly string[], use: Use): Started {
  const pipe = openPipe(PIPE_BYTES)
  const start = (output: 'pipe' | number) => {
    const options: SpawnOptions = { stdio: ['pipe', output, 'pipe'] }
    return spawn(program, args, options)
  }
  if (pipe === undefined) {
    const child = start('pipe')
    const output = child.stdout as Readable
    output.on('data', use)
    return { child, output }
  }
  const output = readPipe(pipe.read, use)
  try {
    return { child: start(pipe.write), output }
  } catch (error) {
    output.destroy()
    throw error
  } finally {
    closeDescriptor(pipe.write)
  }
}

/** One buffer serves all reads. */
function readPipe(fd: number, use: Use): Readable {
  const buffer = new Uint8Array(READ_BYTES)
  const callback = (count: number) => {
    use(buffer.subarray(0, count))
    return true
  }
  const options: SocketConstructorOpts & { onread: OnReadOpts } = {
    ...{ fd, readable: true, writable: false },
    onread: { buffer, callback },
  }
  // Without it the end is not seen.
  return new Socket(options).resume()
}
