import { existsSync, readFileSync } from 'node:fs'
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

/** The path of the agent for this machine. Throws EPLATFORM where there is none. */
export function ownAgentFile(): string {
  const { platform, arch } = process
  const file = platform === 'linux' ? prebuiltFile(`linux-${arch}`, 'physmem-agent') : undefined
  if (file !== undefined && existsSync(file)) return file
  if (platform === 'linux') throw absent(arch)
  throw new RefusedError('EPLATFORM', `the agent runs on Linux only, and this is ${platform}`, {
    platform,
  })
}

function absent(cpu: string, cause?: unknown): RefusedError {
  const how = `make -C native agent CPU=${cpu}`
  return new RefusedError(
    'EPLATFORM',
    `this physmem has no agent for ${cpu}`,
    { platform: 'linux', cpu, cure: `use a package that has one, or build it in a clone: ${how}` },
    cause === undefined ? {} : { cause },
  )
}
