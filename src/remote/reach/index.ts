/** How the agent of a target is reached: the channel to it, on which it serves. */
import { PhysmemError } from '../../base/errors.ts'
import { retell } from '../../base/retell.ts'
import { readAgent } from '../../engine/agent-file.ts'
import type { Reach } from '../../place/target.ts'
import { shellLine } from '../../text/shell-words.ts'
import type { Channel } from '../channel.ts'
import { Session } from '../session.ts'
import { startChild } from './child-channel.ts'
import { deploy } from './deploy.ts'
import { openEndpoint } from './socket-channel.ts'

/** Told what is run, for those who want to know. */
export type TellCommand = (argv: readonly string[]) => void

/**
 * Reaches the agent. `name` is that of the target. Rejects with ECONNECTION, and nothing of it is left
 * running then.
 */
export async function reach(name: string, how: Reach, tell: TellCommand): Promise<Session> {
  if (how.by === 'unix') return await Session.start(await openEndpoint(name, how))
  const argv = commandOf(how)
  tell(argv)
  const channel = await startChild(name, argv)
  const session = deployed(channel).then((agent) => Session.start(agent))
  return await session.catch((error) => {
    throw how.by === 'ssh' ? advised(error, how) : error
  })
}

/** Most that keeps ssh from a machine is said and asked where it runs alone. */
function advised(error: unknown, { user, host, port }: Extract<Reach, { by: 'ssh' }>): unknown {
  if (!(error instanceof PhysmemError) || error.data.cure !== undefined) return error
  const options = [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
  ]
  const cure = `let this succeed first: ${shellLine(['ssh', ...options, host, 'true'])}`
  return retell(error, { data: { cure } })
}

async function deployed(channel: Channel): Promise<Channel> {
  try {
    return await deploy(channel, readAgent)
  } catch (error) {
    await channel.close()
    throw error
  }
}

/** The program that runs a shell on the other side. */
export function commandOf(how: Exclude<Reach, { by: 'unix' }>): readonly string[] {
  switch (how.by) {
    case 'exec':
      return [...how.command, 'sh']
    case 'sudo':
      return ['sudo', '--', 'sh']
    case 'ssh': {
      const { user, host, port } = how
      return [
        ...['ssh', '-T', '-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=3'],
        ...(port === undefined ? [] : ['-p', String(port)]),
        ...(user === undefined ? [] : ['-l', user]),
        ...['--', host, 'sh'],
      ]
    }
  }
}
