import { spawnSync } from 'node:child_process'
import { hash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { RefusedError } from '../../../base/errors.ts'
import { TestFolder } from '../../../cli/testing/files.ts'
import { type AgentCpu, readAgent } from '../../../engine/agent-file.ts'
import { Session } from '../../session.ts'
import { noAgent } from '../../testing/agent.ts'
import { startChild } from '../child-channel.ts'
import { deploy } from '../deploy.ts'

const folder = new TestFolder()
export const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''
export const uid = process.getuid?.() ?? 0
export const noRoot = uid === 0 ? undefined : 'it needs root'
export const noBusybox = spawnSync('busybox').error && 'there is no busybox'
export const because = (why: string | undefined) => (why ? ` [skipped: ${why}]` : '')

/** An agent whose content, and so whose name, nobody else has. */
export class OwnAgent {
  readonly bytes = Buffer.concat([readAgent(process.arch as AgentCpu), randomBytes(16)])
  readonly name = `agent-${hash('sha256', this.bytes)}`

  readonly read = (cpu: AgentCpu): Uint8Array => {
    if (cpu === process.arch) return this.bytes
    throw new RefusedError('EPLATFORM', 'not built')
  }
}

interface Started {
  env?: Record<string, string>
  agent?: OwnAgent
  limitMs?: number
}

let boards = 0

/** A folder for one board, which it takes for the user's own. */
export function board(): string {
  const path = folder.file(`board${boards++}`)
  mkdirSync(path)
  return path
}

export const privateOf = (runtime: string) => `${runtime}/physmem-${uid}`
export const filesOf = (runtime: string) => readdirSync(privateOf(runtime))

/** Reaches an agent through a shell, of which this is the user's folder. */
export async function reached(
  runtime: string,
  shell: readonly string[],
  { env = {}, agent = new OwnAgent(), limitMs = 10_000 }: Started = {},
): Promise<Session> {
  const words = Object.entries({ XDG_RUNTIME_DIR: runtime, ...env }).map(
    ([name, value]) => `${name}=${value}`,
  )
  const channel = await startChild('board', ['env', ...words, ...shell])
  try {
    const deployed = await deploy(channel, agent.read, { limitMs })
    return await Session.start(deployed.channel)
  } catch (error) {
    await channel.close()
    throw error
  }
}

/** Whether it was reached, and ended then. */
export async function reaches(...all: Parameters<typeof reached>): Promise<string> {
  const session = await reached(...all)
  const { cpu } = session.hello
  await session.close()
  return cpu
}

export async function refusal(...all: Parameters<typeof reached>) {
  return await reaches(...all).catch(({ code, message, data }) => ({
    code,
    // The quotes of env are those of its locale.
    message: String(message).replace(/['‘’]/g, ''),
    cure: data.cure,
  }))
}

export const refused = (message: string, cure?: string) => ({ code: 'ECONNECTION', message, cure })

/** The processes that have this in their environment. */
export function processesOf(runtime: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        readFileSync(`/proc/${name}/environ`, 'latin1').includes(`=${runtime}\0`)
      )
    } catch {
      return false
    }
  })
}

/** A folder of programs that are found before the others. */
export function programs(scripts: Record<string, string>): Record<string, string> {
  const path = board()
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(`${path}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  return { PATH: `${path}:${process.env.PATH}` }
}
