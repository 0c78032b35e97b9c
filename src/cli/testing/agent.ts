import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Answer, ASK, frame, type Hello, readAnswers, u32 } from './agent-frames.ts'

/** The id of a request behind all others. */
const LAST = 0xffff_fffe

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A CPU that the agent is built for; where it is not this one, what builds and runs it here. */
export interface AgentCpu {
  name: string
  compiler: string
  emulator: readonly [string, ...string[]]
}

/** Of 32-bit Arm the oldest that is promised: an ARM1176 of ARMv6, without the barriers of ARMv7. */
export const AGENT_CPUS: readonly AgentCpu[] = [
  { name: 'x64', compiler: 'x86_64-linux-gnu-gcc', emulator: ['qemu-x86_64-static'] },
  { name: 'arm64', compiler: 'aarch64-linux-gnu-gcc', emulator: ['qemu-aarch64-static'] },
  {
    name: 'arm',
    compiler: 'arm-linux-gnueabi-gcc',
    emulator: ['qemu-arm-static', '-cpu', 'arm1176'],
  },
  { name: 'riscv64', compiler: 'riscv64-linux-gnu-gcc', emulator: ['qemu-riscv64-static'] },
]

function missing(program: string): string | undefined {
  const found = spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
  return found ? undefined : `${program} is not installed`
}

/** Why the agent cannot be built for a CPU here, or not be run. */
export function agentUnavailable({ name, compiler, emulator }: AgentCpu): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux'
  if (name === process.arch) return missing('cc') ?? missing('make')
  return missing(compiler) ?? missing(emulator[0])
}

/** What an agent printed, and its exit code. */
export interface AgentRan {
  code: number | null
  out: string
  err: string
}

/** The agent of a CPU, which is built when it is made. */
export class Agent {
  readonly path: string
  readonly #words: readonly string[]

  /** `out` is where it is built, instead of where the package has it. */
  constructor(cpu: AgentCpu, out = `${root}prebuilds`) {
    const make = spawnSync('make', ['-C', 'native', 'agent', `CPU=${cpu.name}`, `OUT=${out}`], {
      cwd: root,
      encoding: 'utf8',
    })
    if (make.status !== 0) throw new Error(make.stderr)
    this.path = `${out}/linux-${cpu.name}/physmem-agent`
    this.#words = cpu.name === process.arch ? [] : cpu.emulator
  }

  /** Runs it with these words; `name` is what it is called by. */
  run(words: readonly string[], { name = 'physmem-agent' } = {}): AgentRan {
    const [program, rest, options] = this.#line(words, name)
    const { status, stdout, stderr } = spawnSync(program, rest, { ...options, input: '' })
    return { code: status, out: stdout.toString(), err: stderr.toString() }
  }

  /** Runs a line of a shell, in which `"$@"` is the agent with these words. */
  shell(line: string, words: readonly string[]): AgentRan {
    const [program, rest, { env }] = this.#line(words)
    const all = ['-c', line, 'sh', program, ...rest]
    const { status, signal, stdout, stderr } = spawnSync('sh', all, {
      env: { ...env, PATH: process.env.PATH },
      encoding: 'utf8',
    })
    return {
      code: signal === null ? status : constants.signals[signal] + 128,
      out: stdout,
      err: stderr,
    }
  }

  /** What `physmem-agent serve` answers to these frames; then its input ends. */
  async ask(...frames: readonly Uint8Array[]): Promise<{ hello: Hello; answers: Answer[] }> {
    const child = this.start(['serve'])
    // A request that is refused tells that all others are answered.
    const last = frame(ASK.close, LAST, u32(LAST))
    const chunks: Buffer[] = []
    child.stdin.write(Buffer.concat([...frames, last]))
    for await (const chunk of child.stdout) {
      chunks.push(chunk as Buffer)
      const { answers } = readAnswers(Buffer.concat(chunks))
      if (answers.at(-1)?.id === LAST) child.stdin.end()
    }
    const { hello, answers } = readAnswers(Buffer.concat(chunks))
    return { hello, answers: answers.slice(0, -1) }
  }

  /** Runs `physmem-agent serve` on this input, which ends at once, to its end. */
  serve(input: Uint8Array): Omit<AgentRan, 'out'> & { out: Buffer } {
    const [program, rest, options] = this.#line(['serve'])
    const { status, stdout, stderr } = spawnSync(program, rest, { ...options, input })
    return { code: status, out: stdout, err: stderr.toString() }
  }

  /** Starts it. */
  start(words: readonly string[]): ChildProcessWithoutNullStreams {
    const [program, rest, options] = this.#line(words)
    return spawn(program, rest, options)
  }

  #line(words: readonly string[], name = 'physmem-agent') {
    const [emulator, ...more] = this.#words
    const options = { env: { LANG: 'C.UTF-8' } }
    if (emulator === undefined) return [this.path, [...words], { ...options, argv0: name }] as const
    return [emulator, [...more, '-0', name, this.path, ...words], options] as const
  }
}
