/** How the agent of a target is reached: the channel to it, on which it serves. */
import { ConditionError } from '../../base/errors.ts'
import { readAgent } from '../../engine/agent-file.ts'
import type { Reach, SerialLine } from '../../place/target.ts'
import type { Channel } from '../channel.ts'
import { Session, type StopSignal, signalNow } from '../session.ts'
import {
  type Course,
  cureOfProgram,
  cureOfSocket,
  NO_AGENT_AT_SOCKET,
  unanswered,
  withCure,
} from './advice.ts'
import { HEEDLESS, startChild } from './child-channel.ts'
import { commandOf, hostOf, type ProgramReach } from './command.ts'
import { type Deployed, deploy } from './deploy.ts'
import { keepOptions } from './keep.ts'
import { knock } from './knock.ts'
import { cureOfSilence, moreMs, openSerial } from './serial-channel.ts'
import { openEndpoint } from './socket-channel.ts'
import { strangerAtLine, strangerAtSocket } from './stranger.ts'

/** Told what is run, for those who want to know. */
export type TellCommand = (argv: readonly string[]) => void

export interface ReachOptions {
  tell?: TellCommand
  /** Whether sudo starts the agent there; it must ask for no password. Only of `ssh` and `exec`. */
  sudo?: boolean
  /** For how many seconds ssh keeps the connection for later commands. Only of `ssh`. */
  keepS?: number | undefined
  /** Whether the program that leads there stays when a terminal sends Ctrl-C, or is closed. */
  outlives?: boolean
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
  if (how.by === 'unix') return await reachSocket(name, how, signal)
  return await reachByProgram(name, how, options)
}

async function reachByProgram(
  name: string,
  how: ProgramReach,
  { tell = () => {}, sudo = false, keepS, outlives = false, signal }: ReachOptions,
): Promise<Session> {
  const kept =
    how.by === 'ssh' && keepS !== undefined ? await keepOptions(name, keepS, hostOf(how)) : []
  const argv = commandOf(how, { sudo, kept })
  const before = outlives ? HEEDLESS : []
  tell([...before, ...argv])
  const course: Course = { sudo, isStarted: false }
  try {
    const explain = (said: string, code: number | null) => {
      course.exitCode = code
      course.said = said
      return undefined
    }
    const channel = await startChild(name, argv, { explain, before })
    course.isStarted = true
    return await unlessStopped(channel, signal, async () => {
      const deployed = await deployTo(channel)
      course.agent = deployed.agent
      const options = { signal, unanswered: unanswered(deployed.agent) }
      return await Session.start(deployed.channel, options)
    })
  } catch (error) {
    throw withCure(error, () => cureOfProgram(how, course))
  }
}

async function reachSocket(
  name: string,
  how: Extract<Reach, { by: 'unix' }>,
  signal: StopSignal | undefined,
): Promise<Session> {
  const channel = await openEndpoint(name, how).catch((error) => {
    throw withCure(error, () => cureOfSocket(how))
  })
  const options = { signal, talkMs: TALK_MS, recognise: strangerAtSocket(how.path) }
  return await unlessStopped(channel, signal, () =>
    Session.start(knock(channel), options).catch((error) => {
      throw withCure(error, () => NO_AGENT_AT_SOCKET)
    }),
  )
}

/** An agent at a socket says its hello at once: where others talk for so long, there is none. */
const TALK_MS = 10_000

async function reachSerial(
  name: string,
  line: SerialLine,
  signal: StopSignal | undefined,
): Promise<Session> {
  const channel = await openSerial(name, line)
  const options = { moreMs: moreMs(line), signal, recognise: strangerAtLine }
  return await unlessStopped(channel, signal, () =>
    Session.start(channel, options).catch((error) => {
      throw withCure(error, () => cureOfSilence(line))
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

async function deployTo(channel: Channel): Promise<Deployed> {
  try {
    return await deploy(channel, readAgent)
  } catch (error) {
    await channel.close()
    throw error
  }
}
