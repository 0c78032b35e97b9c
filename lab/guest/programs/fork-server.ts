/**
 * The command, loaded and ready: each command line gets a process that is forked from this one,
 * which has done already what takes a second under emulation. See guest/fork-server.c; the runner
 * starts it by `node --single-threaded`.
 */
import { readlinkSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { inspect } from 'node:util'
import type { Output } from '../../../src/cli/frame/io.ts'
import { processIo } from '../../../src/cli/frame/process-io.ts'
import { runCli } from '../../../src/cli/frame/run.ts'
import { registry } from '../../../src/cli/registry.ts'

interface ForkServer {
  /** Returns in each new process, with its words, each with a NUL after it. */
  serve(): string
  /** Ends the process at once. */
  leave(code: number): never
}

const { serve, leave } = createRequire(import.meta.url)('/lab/fork-server.node') as ForkServer

const nowhere: Output = {
  write() {},
  isTerminal: false,
  hasColors: false,
  hasUnicode: false,
  columns: 80,
  rows: 24,
}

/** Commands that change nothing: what is compiled for them need not be compiled in each process. */
const rehearsal = ['--version', 'read file:/lab/runner', 'read port:nowhere', 'translate 1 0']

async function rehearse(): Promise<void> {
  const never = () => new AbortController().signal
  const io = {
    stdout: nowhere,
    stderr: nowhere,
    interrupted: never,
    inputEnded: never,
    readInput: async () => new Uint8Array(0),
  }
  for (const line of rehearsal) await runCli(line.split(' '), io, { commands: registry })
}

function beCommand(words: readonly string[]): void {
  const [node = ''] = process.argv
  Object.defineProperty(process, 'pid', { value: Number(readlinkSync('/proc/self')) })
  process.argv = [node, '/opt/physmem/dist/cli/main.js', ...words]
  process.execArgv = []
  process.on('uncaughtException', (error) => {
    writeSync(2, `${inspect(error)}\n`)
    process.exit(1)
  })
  // Node's own end would wait for threads that only the server has.
  const { emit } = process as { emit: (name: string, ...values: unknown[]) => boolean }
  Object.assign(process, {
    emit(name: string, ...values: unknown[]): boolean {
      const answer = emit.call(process, name, ...values)
      if (name === 'exit') leave(Number(process.exitCode ?? values[0] ?? 0))
      return answer
    },
  })
}

async function main(): Promise<void> {
  await rehearse()
  const words = serve().split('\0').slice(0, -1)
  beCommand(words)
  // Not left to the event loop's end, at which Node waits for tasks of threads that are not here.
  process.exit(await runCli(words, processIo(), { commands: registry }))
}

main()
