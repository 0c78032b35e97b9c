/** How the agent of a target is reached: the channel to it, on which it serves. */
import { ConditionError, PhysmemError } from '../../base/errors.ts'
import { retell } from '../../base/retell.ts'
import { readAgent } from '../../engine/agent-file.ts'
import type { Reach, SerialLine } from '../../place/target.ts'
import { shellLine } from '../../text/shell-words.ts'
import type { Channel } from '../channel.ts'
import { Session, type StopSignal, signalNow } from '../session.ts'
import { startChild } from './child-channel.ts'
import { deploy } from './deploy.ts'
import { keepOptions } from './keep.ts'
import { knock } from './knock.ts'
import { cureOfSilence, moreMs, openSerial } from './serial-channel.ts'
import { openEndpoint } from './socket-channel.ts'

/** Told what is run, for those who want to know. */
export type TellCommand = (argv: readonly string[]) => void

export interface ReachOptions {
  tell?: TellCommand
  /** Whether sudo starts the agent there; it must ask for no password. Only of `ssh` and `exec`. */
  sudo?: boolean
  /** For how many seconds ssh keeps the connection for later commands. Only of `ssh`. */
  keepS?: number | undefined
  /** Ends the attempt, and later what does not stop by a signal of its own. */
  signal?: StopSignal | undefined
}

/**
 * Reaches the agent. `name` is that of the target. Rejects with ECONNECTION, with EABORT where the signal
 * ended the attempt, and nothing of it is left running then.
 */
export async function reach(
  name: string,
  how: Reach,
  options: ReachOptions = {},
): Promise<Session> {
  const { signal } = options
  if (how.by === 'serial') return await reachSerial(name, how, signal)
  if (how.by === 'unix') {
    const channel = await openEndpoint(name, how)
    return await unlessStopped(channel, signal, () => Session.start(knock(channel), { signal }))
  }
  return await reachByProgram(name, how, options)
}

async function reachByProgram(
  name: string,
  how: Exclude<Reach, { by: 'unix' | 'serial' }>,
  { tell = () => {}, sudo = false, keepS, signal }: ReachOptions,
): Promise<Session> {
  const kept =
    how.by === 'ssh' && keepS !== undefined ? await keepOptions(name, keepS, hostOf(how)) : []
  const argv = commandOf(how, { sudo, kept })
  tell(argv)
  const channel = await startChild(name, argv)
  try {
    return await unlessStopped(channel, signal, async () =>
      Session.start(await deployed(channel), { signal }),
    )
  } catch (error) {
    throw how.by === 'ssh' ? advised(error, how, sudo) : error
  }
}

async function reachSerial(
  name: string,
  line: SerialLine,
  signal: StopSignal | undefined,
): Promise<Session> {
  const channel = await openSerial(name, line)
  const options = { moreMs: moreMs(line), signal }
  return await unlessStopped(channel, signal, () =>
    Session.start(channel, options).catch((error) => {
      const hasCure = !(error instanceof PhysmemError) || error.data.cure !== undefined
      throw hasCure ? error : retell(error, { data: { cure: cureOfSilence(line) } })
    }),
  )
}

/** Ends the other side where the signal comes before the agent has answered. */
async function unlessStopped<T>(
  channel: Channel,
  given: StopSignal | undefined,
  act: () => Promise<T>,
): Promise<T> {
  const signal = signalNow(given)
  const stop = () => void channel.close()
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop()
  try {
    return await act()
  } catch (cause) {
    if (!signal?.aborted) throw cause
    throw new ConditionError(
      'EABORT',
      `${channel.name}: stopped before an agent answered`,
      {},
      { cause },
    )
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

type Ssh = Extract<Reach, { by: 'ssh' }>

function loginOptions({ user, port }: Ssh): readonly string[] {
  return [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
  ]
}

/** The words of ssh that say which host, and as whom. */
function hostOf(how: Ssh): readonly string[] {
  return [...loginOptions(how), '--', how.host]
}

/** There is no terminal on which sudo could ask. */
const WITHOUT_PASSWORD =
  'sudo must ask for no password there: NOPASSWD in its rules, or log in as root'

/** Most that keeps ssh from a machine is said and asked where it runs alone. */
function advised(error: unknown, how: Ssh, sudo: boolean): unknown {
  if (!(error instanceof PhysmemError) || error.code !== 'ECONNECTION') return error
  if (error.data.cure !== undefined) return error
  const there = sudo ? ['sudo', '-n', 'true'] : ['true']
  const line = ['ssh', ...loginOptions(how), how.host, ...there]
  const succeed = `let this succeed first: ${shellLine(line)}`
  const cure = sudo ? `${succeed} (${WITHOUT_PASSWORD})` : succeed
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
export function commandOf(
  how: Exclude<Reach, { by: 'unix' | 'serial' }>,
  { sudo = false, kept = [] }: { sudo?: boolean; kept?: readonly string[] } = {},
): readonly string[] {
  const shell = sudo ? ['sudo', '-n', '--', 'sh'] : ['sh']
  switch (how.by) {
    case 'exec':
      return [...how.command, ...shell]
    case 'sudo':
      return ['sudo', '--', 'sh']
    case 'ssh': {
      return [
        ...['ssh', '-T', '-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=3'],
        ...kept,
        ...hostOf(how),
        ...shell,
      ]
    }
  }
}
