import { AGENT_CPUS, readAgent } from '../../engine/agent-file.ts'
import { prebuiltFile } from '../../engine/engine-file.ts'
import type { Mode } from '../../engine/source.ts'
import type { Channel } from '../channel.ts'
import { RemoteMemory } from '../memory.ts'
import { makeMemory, openNode } from '../nodes.ts'
import { MEMORY, OPEN } from '../protocol.ts'
import { startChild } from '../reach/child-channel.ts'
import type { Session } from '../session.ts'

/** Why the agent for this CPU cannot be run; `undefined` where it can. */
export const noAgent = whyNoAgent()

function whyNoAgent(): string | undefined {
  const cpu = AGENT_CPUS.find((one) => one === process.arch)
  try {
    if (cpu !== undefined && readAgent(cpu)) return undefined
  } catch {
    // Said below.
  }
  return `there is no agent for ${process.arch}`
}

/** The agent of this machine, serving; `before` are words before it. */
export async function startAgent(name = 'agent', before: readonly string[] = []): Promise<Channel> {
  const file = prebuiltFile(`linux-${process.arch}`, 'physmem-agent') ?? 'none'
  return await startChild(name, [...before, file, 'serve'])
}

export interface RemoteFileOptions {
  length?: number
  mode?: Mode
  base?: number
  /** What the agent is told, where that is something else. */
  writable?: boolean
}

/** A regular file as the agent's memory; `base` is where in it address 0 lies. */
export async function openRemoteFile(
  session: Session,
  path: string,
  { length, mode = 'write', base = 0, writable = mode === 'write' }: RemoteFileOptions,
): Promise<RemoteMemory> {
  const opened = await openNode(session, path, mode === 'write' ? OPEN.write : 0)
  if ('errno' in opened) throw new Error(opened.errno)
  const { node } = opened
  const misalignment = base % 8
  const made = await makeMemory(session, {
    ...{ node, flags: MEMORY.regular | (writable ? MEMORY.writable : 0) },
    ...{ base: base - misalignment, length: length && length + misalignment },
  })
  if ('errno' in made) throw new Error(made.errno)
  return new RemoteMemory(session, {
    ...{ name: path, node, memory: made.memory, mode, base, length, regularFile: true },
    explain: async (errno) => ({ code: 'EREFUSED', reason: `mmap failed with ${errno}` }),
  })
}
