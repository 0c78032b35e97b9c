import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ownAgentFile } from '../../engine/agent-file.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Of a million bytes so many. */
export interface Noise {
  seed?: number
  /** Of which one bit is turned. */
  flipped?: number
  lost?: number
  /** Before which text comes that is none of a packet. */
  texts?: number
}

/** A serial line between two pseudo-terminals, with noise (native/test/noisy_line.c). */
export class NoisyLine {
  /** The devices at its ends. */
  readonly ends: readonly [string, string]
  readonly #line: ChildProcess
  readonly #agents: ChildProcess[] = []

  private constructor(line: ChildProcess, ends: readonly [string, string]) {
    this.#line = line
    this.ends = ends
  }

  static async open({
    seed = 1,
    flipped = 0,
    lost = 0,
    texts = 0,
  }: Noise = {}): Promise<NoisyLine> {
    const make = spawnSync('make', ['-C', `${root}native`, 'noisy-line'], { encoding: 'utf8' })
    if (make.status !== 0) throw new Error(make.stderr)
    const program = `${root}build/test/linux-${process.arch}/noisy_line`
    const line = spawn(program, [seed, flipped, lost, texts].map(String), {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const said = await new Promise<string>((resolve) => {
      let text = ''
      line.stdout.on('data', (bytes) => {
        text += bytes
        if (text.split('\n').length > 2) resolve(text)
      })
    })
    const [one = '', other = ''] = said.split('\n')
    return new NoisyLine(line, [one, other])
  }

  /** An agent at the second end. Resolves when it has the line. */
  async serve(): Promise<ChildProcess> {
    const words = ['serve', '--serial', this.ends[1]]
    const agent = spawn(ownAgentFile(), words, { stdio: 'ignore' })
    this.#agents.push(agent)
    await once(agent, 'spawn')
    return agent
  }

  /** Nothing passes any more. */
  cut(): void {
    this.#line.stdin?.write('c')
  }

  /** The devices are gone. */
  async unplug(): Promise<void> {
    await ended(this.#line, () => this.#line.stdin?.end())
  }

  /** What was started ends. */
  async close(): Promise<void> {
    for (const agent of this.#agents) await ended(agent, () => agent.kill('SIGTERM'))
    await this.unplug()
  }
}

/** Ends a process, and waits until it has. */
export async function ended(child: ChildProcess, end: () => unknown): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  end()
  await exit
}
