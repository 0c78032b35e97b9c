import { PhysmemError } from '../../base/errors.ts'
import { AGENT_CPUS, type AgentCpu } from '../../engine/agent-file.ts'
import { printable } from '../../text/refuse.ts'
import type { Channel } from '../channel.ts'
import { connectionError } from '../errors.ts'
import { GatheredBytes } from '../gathered-bytes.ts'
import { saidFirst, saidLast } from '../said.ts'
import { restOf } from './rest-of.ts'
import { deployScript, sendScript } from './script.ts'

/** The agents, by what `uname -m` calls their CPU. */
export type ReadAgent = (cpu: AgentCpu) => Uint8Array

/** What the board's shell is asked, and by what its answer begins. */
const WORD = 'physmem-agent:'

const LIMIT_MS = 30_000

export interface DeployOptions {
  /** How long an answer of the shell may take. Default 30 s. */
  limitMs?: number
}

/**
 * Starts the agent through a shell of a board that reads its commands from the channel. The one for the
 * board's CPU is there already, in a private folder, under a name made of its content; or it is sent
 * and kept there. Resolves with the channel to it; rejects with ECONNECTION where the board has no folder for it, or no such CPU.
 */
export async function deploy(
  channel: Channel,
  read: ReadAgent,
  { limitMs = LIMIT_MS }: DeployOptions = {},
): Promise<Channel> {
  const answers = new Answers(channel, limitMs)
  const agents = await agentsBy(read)
  if (agents.size === 0) throw noAgents(channel.name)
  const names = [...agents].map(([cpu, { hash }]) => [cpu, hash] as const)
  answers.ask(deployScript(WORD, names))
  const said = await answers.next()
  if (said.word === 'starts') return answers.rest()
  if (said.word !== 'needs') throw unknownAnswer(channel.name, said)
  const agent = [...agents].find(([cpu]) => cpu === said.rest)?.[1]
  if (agent === undefined) {
    throw noAgentFor(channel.name, said.rest, [...agents.keys()])
  }
  answers.ask(sendScript(WORD, agent.hash, agent.bytes.length))
  const ready = await answers.next()
  if (ready.word === 'none') throw noFolder(channel.name, ready.rest, agent.bytes.length)
  if (ready.word !== 'ready') throw unknownAnswer(channel.name, ready)
  channel.write(agent.bytes)
  const end = await answers.next()
  if (end.word === 'starts') return answers.rest()
  throw connectionError(
    channel.name,
    `the agent did not arrive whole in ${printable(ready.rest)}`,
    'free some space there',
  )
}

async function agentsBy(
  read: ReadAgent,
): Promise<Map<AgentCpu, { bytes: Uint8Array; hash: string }>> {
  // Loaded while the other side is being reached.
  const { createHash } = await import('node:crypto')
  const agents = new Map<AgentCpu, { bytes: Uint8Array; hash: string }>()
  for (const cpu of AGENT_CPUS) {
    try {
      const bytes = read(cpu)
      agents.set(cpu, { bytes, hash: createHash('sha256').update(bytes).digest('hex') })
    } catch (error) {
      // This installation has none for it: it is not offered.
      if (!(error instanceof PhysmemError && error.code === 'EPLATFORM')) throw error
    }
  }
  return agents
}

function noAgentFor(name: string, cpu: string, there: readonly AgentCpu[]): PhysmemError {
  const isMissing = AGENT_CPUS.some((one) => one === cpu)
  const cure = isMissing
    ? 'use a package that has it, or build it in a clone'
    : 'run physmem or the devmem of busybox there, or use a debug port of it (gdb:)'
  const why = `its CPU is ${printable(cpu)}, for which there is no agent: there are those for ${there.join(', ')}`
  return connectionError(name, why, cure)
}

function noAgents(name: string): PhysmemError {
  const cure = 'use a package that has them, or build them in a clone'
  return connectionError(name, 'this physmem has no agent for any CPU', cure)
}

/** `folders` are those that were tried, and behind a colon those that could not hold the agent. */
function noFolder(name: string, folders: string, bytes: number): PhysmemError {
  const [tried = '', full = ''] = folders.split(':')
  const where = printable(tried.trim()) || 'nowhere'
  if (full.trim() !== '') {
    const room = `there is no room for the agent in ${printable(full.trim())}; tried: ${where}`
    return connectionError(name, room, `free ${Math.ceil(bytes / 1024)} KiB there`)
  }
  return connectionError(
    name,
    `there is no folder for the agent in which its programs can run; tried: ${where}`,
    'mount one of them without noexec, or give the user a folder there in which programs may run',
  )
}

function unknownAnswer(name: string, { word, rest }: Said): PhysmemError {
  const said = printable(`${word} ${rest}`.trim())
  return connectionError(name, `its shell answers something else: ${said}`)
}

interface Said {
  word: string
  rest: string
}

/** Text before an answer: a banner of a shell, and no flood. */
const MOST_NOISE = 256 * 1024

/** What is kept of its start, of which a line is shown. */
const SHOWN_BYTES = 400

/** The lines that begin with the word; other text, such as a banner, is passed over. */
class Answers {
  readonly #channel: Channel
  readonly #limitMs: number
  readonly #came = new GatheredBytes()
  /** Bytes since the last answer. */
  #noise = 0
  /** Of these the first, and the last that end a line. */
  #first: Uint8Array = new Uint8Array(0)
  #last: Uint8Array = new Uint8Array(0)
  /** Lines that were sent: a terminal, or what is no shell at all, may repeat them. */
  #sent = new Set<string>()
  #isRepeated = false
  #wake = (): void => {}
  #end: string | undefined

  constructor(channel: Channel, limitMs: number) {
    this.#channel = channel
    this.#limitMs = limitMs
    channel.take((bytes) => {
      // Who is sent away may send on until it is gone.
      if (this.#end !== undefined) return
      this.#came.add(bytes)
      if (this.#noise === 0) this.#first = bytes.slice(0, SHOWN_BYTES)
      this.#noise += bytes.length
      if (this.#noise > MOST_NOISE) {
        this.#finish(`too much came that is no answer of a shell${saidFirst(this.#first)}`)
      }
      this.#wake()
    })
    void channel.ended.then((why) => this.#finish(`${why}${this.#said()}`))
  }

  /** Has the shell run a script. */
  ask(script: string): void {
    this.#sent = new Set(script.split('\n'))
    this.#channel.write(new TextEncoder().encode(script))
  }

  async next(): Promise<Said> {
    this.#noise = 0
    this.#last = new Uint8Array(0)
    const late = `its shell does not answer within ${this.#limitMs / 1000} s`
    const timer = setTimeout(() => this.#finish(`${late}${this.#said()}`), this.#limitMs)
    try {
      for (;;) {
        const said = this.#takeLine()
        if (said) return said
        if (this.#end !== undefined) throw connectionError(this.#channel.name, this.#end)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** The channel from here on: what came behind the last answer comes first. */
  rest(): Channel {
    return restOf(this.#channel, this.#came)
  }

  #takeLine(): Said | undefined {
    const lineEnd = () => this.#came.bytes.indexOf(10)
    for (let end = lineEnd(); end >= 0; end = lineEnd()) {
      const bytes = this.#came.bytes.slice(0, end)
      const line = new TextDecoder('latin1').decode(bytes)
      this.#came.drop(end + 1)
      if (!line.startsWith(WORD)) {
        const text = line.trimEnd()
        if (this.#sent.has(text)) this.#isRepeated = true
        else if (text !== '') this.#last = bytes
        continue
      }
      const [word = '', ...rest] = line.slice(WORD.length).trim().split(' ')
      return { word, rest: rest.join(' ') }
    }
    return undefined
  }

  /** What was said last in place of an answer. */
  #said(): string {
    const said = saidLast(this.#came.bytes) || saidLast(this.#last)
    return said || (this.#isRepeated ? '; it repeats what it is sent' : '')
  }

  #finish(why: string): void {
    this.#end ??= why
    this.#wake()
  }
}
