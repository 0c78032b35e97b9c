import { readFileSync } from 'node:fs'
import { RefusedError } from '../base/errors.ts'
import { prebuiltFile } from './engine-file.ts'

/** The CPUs that the agent is built for, as Node names them. */
export const AGENT_CPUS = ['x64', 'arm64', 'arm', 'riscv64'] as const

export type AgentCpu = (typeof AGENT_CPUS)[number]

/**
 * The agent for a CPU: a static executable for Linux (native/agent.c), of at most 120 KiB. Throws
 * EPLATFORM where this installation has none.
 */
export function readAgent(cpu: AgentCpu): Uint8Array {
  const file = prebuiltFile(`linux-${cpu}`, 'physmem-agent')
  try {
    if (file !== undefined) return readFileSync(file)
  } catch (cause) {
    throw absent(cpu, cause)
  }
  throw absent(cpu)
}

function absent(cpu: AgentCpu, cause?: unknown): RefusedError {
  const how = `make -C native agent CPU=${cpu}`
  return new RefusedError(
    'EPLATFORM',
    `this physmem has no agent for ${cpu}`,
    { platform: 'linux', cpu, cure: `use a package that has one, or build it in a clone: ${how}` },
    cause === undefined ? {} : { cause },
  )
}
