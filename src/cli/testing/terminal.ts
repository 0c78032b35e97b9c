import { spawnSync } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'

/** Whether a program is there; what needs one that is not is skipped, which its title says. */
export const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

export interface TerminalOptions {
  /** The command line that runs in it, by a shell: a program and its arguments. */
  command: string
  folder: string
  env?: Record<string, string>
  columns?: number
  rows?: number
}

let terminals = 0

/** A real terminal: a server of tmux of its own, which no configuration is read for. */
export class Terminal {
  readonly #socket = `physmem-test-${process.pid}-${terminals++}`

  constructor({ command, folder, env = {}, columns = 100, rows = 24 }: TerminalOptions) {
    const sets = Object.entries(env).map(([name, value]) => `${name}='${value}'`)
    const size = ['-x', `${columns}`, '-y', `${rows}`]
    const line = ['exec', 'env', ...sets, command].join(' ')
    this.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, '-c', folder, line)
  }

  /** Types text as it is. */
  type(text: string): void {
    this.#tmux('send-keys', '-l', '--', text)
  }

  /** Presses a key by the name that tmux has for it: `Enter`, `Tab`, `C-c`, `Down`. */
  press(...keys: string[]): void {
    this.#tmux('send-keys', ...keys)
  }

  /** What is seen, without the empty lines. */
  get lines(): string[] {
    const screen = this.#tmux('capture-pane', '-p')
    return screen.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trimEnd()]))
  }

  /** Waits until what is seen is so, and returns it; a test that waits in vain shows it. */
  async until(isSo: (lines: readonly string[]) => boolean): Promise<string[]> {
    for (let look = 0; look < 400; look++) {
      const { lines } = this
      if (isSo(lines)) return lines
      await setTimeout(50)
    }
    throw new Error(`the terminal never came to it:\n${this.lines.join('\n')}`)
  }

  [Symbol.dispose](): void {
    spawnSync('tmux', ['-L', this.#socket, 'kill-server'])
  }

  #tmux(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-L', this.#socket, ...args], {
      encoding: 'utf8',
      // tmux runs a command line by the user's shell, which may be one that lets nobody in.
      env: { ...process.env, LC_ALL: 'C.UTF-8', SHELL: '/bin/sh' },
    })
    if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`)
    return stdout
  }
}
