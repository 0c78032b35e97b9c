import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The longest that a build may take on a busy machine. */
const BUILD_MS = 60_000

/** The command as it is built for the package, in a folder of this test file. */
export class BuiltCli {
  readonly main: string
  /** What stands for the user's cache folder. */
  readonly cache: string

  constructor() {
    // As deep as dist/cli: the engine is found from there.
    const folder = `build/test-cli-${process.pid}`
    this.main = `${root}${folder}/main.js`
    this.cache = `${root}${folder}/cache`
    beforeAll(async () => {
      const script: string = `${root}scripts/build.mjs`
      const { buildCommand } = (await import(script)) as {
        buildCommand: (folder: string) => Promise<void>
      }
      await buildCommand(folder)
      mkdirSync(this.cache)
    }, BUILD_MS)
    afterAll(() => rmSync(`${root}${folder}`, { recursive: true, force: true }))
  }

  /** Starts `physmem ARGUMENTS`. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Child {
    return new Child(spawn(process.execPath, [this.main, ...args], { env: this.#env(env) }))
  }

  /** Runs `physmem ARGUMENTS` to its end. */
  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, env).ended
  }

  /** Runs a script of the shell, in which `physmem` is the command. */
  shell(script: string, shell = 'bash', env: Record<string, string> = {}): Promise<Ended> {
    const define = `physmem() { ${process.execPath} ${this.main} "$@"; }\n`
    const text = shell === 'fish' ? script : define + script
    return new Child(spawn(shell, ['-c', text], { env: this.#env(env) })).ended
  }

  #env(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return { ...process.env, XDG_CACHE_HOME: this.cache, ...more }
  }
}

export interface Ended {
  code: number | null
  out: string
  err: string
}

export class Child {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  out = ''
  err = ''

  constructor(child: ChildProcess) {
    this.process = child
    child.stdout?.on('data', (data: Buffer) => {
      this.out += data.toString()
    })
    child.stderr?.on('data', (data: Buffer) => {
      this.err += data.toString()
    })
    this.ended = new Promise((resolve) => {
      child.on('close', (code) => resolve({ code, out: this.out, err: this.err }))
    })
  }

  /** Presses Ctrl-C when `ready` says so; does nothing when the process has ended before. */
  async interrupt(ready: () => boolean): Promise<void> {
    while (this.process.exitCode === null && !ready()) await setTimeout(5)
    this.process.kill('SIGINT')
  }
}
