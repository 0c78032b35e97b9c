import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A process that waits for its turn: one line to it is one round, one line back its ns. */
export class Contender implements Disposable {
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<string>
  readonly #name: string

  constructor(program: string, ...args: string[]) {
    this.#name = [program, ...args].join(' ')
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    if (!this.#child.stdout) throw new Error('no pipe')
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async round(): Promise<number> {
    this.#child.stdin?.write('\n')
    const { value, done } = await this.#answers.next()
    if (done) throw new Error(`${this.#name} ended`)
    return Number(value)
  }

  [Symbol.dispose](): void {
    this.#child.kill()
  }
}

/** One of loops.ts, in a process of its own. */
export function loop(...args: string[]): Contender {
  return new Contender(process.execPath, process.argv[1] ?? '', '--loop', ...args)
}
