import { PhysmemError } from '../../base/errors.ts'
import { AGENT_CPUS, type AgentCpu } from '../../engine/agent-file.ts'
import type { Channel } from '../channel.ts'
import { Answers, type Said, WORD } from './answers.ts'
import { deployScript, sendScript } from './script.ts'
import {
  missingPrograms,
  noAgentFor,
  noAgents,
  noFolder,
  notWhole,
  unknownAnswer,
} from './undeployed.ts'

/** The agents, by what `uname -m` calls their CPU. */
export type ReadAgent = (cpu: AgentCpu) => Uint8Array

const LIMIT_MS = 30_000

export interface DeployOptions {
  /** How long an answer of the shell may take. Default 30 s. */
  limitMs?: number
}

/** An agent that was started, and may not run there all the same. */
export interface Deployed {
  readonly channel: Channel
  /** For which CPU it is, and what the board's `uname -m` says. */
  readonly agent: { cpu: string; machine: string }
}

/**
 * Starts the agent through a shell of a board that reads its commands from the channel. The one for the
 * board's CPU is there already, in a private folder, under a name made of its content; or it is sent
 * and kept there. Rejects with ECONNECTION where the board has no folder for it, no such CPU, or lacks a
 * program of the scripts.
 */
export async function deploy(
  channel: Channel,
  read: ReadAgent,
  { limitMs = LIMIT_MS }: DeployOptions = {},
): Promise<Deployed> {
  const { name } = channel
  const answers = new Answers(channel, limitMs)
  const agents = await agentsBy(read)
  if (agents.size === 0) throw noAgents(name)
  const hashes = [...agents].map(([cpu, { hash }]) => [cpu, hash] as const)
  answers.ask(deployScript(WORD, hashes))
  const said = await answers.next()
  if (said.word === 'starts') return started(answers, said)
  if (said.word === 'lacks') throw missingPrograms(name, said.rest)
  if (said.word !== 'needs') throw unknownAnswer(name, said)
  const agent = [...agents].find(([cpu]) => cpu === said.rest)?.[1]
  if (agent === undefined) throw noAgentFor(name, said.rest, [...agents.keys()])
  answers.ask(sendScript(WORD, agent.hash, agent.bytes.length))
  const ready = await answers.next()
  if (ready.word === 'lacks') throw missingPrograms(name, ready.rest)
  if (ready.word === 'none') throw noFolder(name, ready.rest, agent.bytes.length)
  if (ready.word !== 'ready') throw unknownAnswer(name, ready)
  channel.write(agent.bytes)
  const end = await answers.next()
  if (end.word === 'starts') return started(answers, end)
  throw notWhole(name, ready.rest)
}

function started(answers: Answers, { rest }: Said): Deployed {
  const [cpu = '', machine = ''] = rest.split(' ')
  return { channel: answers.rest(), agent: { cpu, machine } }
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
