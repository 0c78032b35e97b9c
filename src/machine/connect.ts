import { type DebugReach, parseTarget, type Reach } from '../place/target.ts'
import type { StopSignal } from '../remote/session.ts'
import { LocalMachine, type LocalOptions } from './local/machine.ts'
import type { Machine } from './machine.ts'
import type { SimMachineOptions } from './sim/machine.ts'

export type MachineOptions = LocalOptions & Omit<SimMachineOptions, 'local'> & RemoteOptions

/** Of a machine that an agent serves. */
interface RemoteOptions {
  /** Told what is run to reach it. */
  tellCommand?: (argv: readonly string[]) => void
  /** Whether sudo starts the agent there, where a shell does. */
  sudo?: boolean
  /** For how many seconds ssh keeps the connection for later commands. */
  keepS?: number | undefined
  /** Whether the program that leads there stays when a terminal sends Ctrl-C, or is closed. */
  outlives?: boolean
  /** Ends what is waited for there, but for what stops by a signal of its own. */
  signal?: StopSignal | undefined
}

/** What is done for each kind of machine. */
interface Kinds<T> {
  local(): T
  /** `board` is the file that describes it; empty for the built-in one. */
  sim(board: string): T
  remote(reach: Reach): T
  debug(reach: DebugReach): T
}

/** The one place that knows the kinds of target. Throws ESCHEME for what is none. */
export function byTarget<T>(target: string, kinds: Kinds<T>): T {
  const parsed = parseTarget(target)
  switch (parsed.kind) {
    case 'local':
      return kinds.local()
    case 'sim':
      return kinds.sim(parsed.board)
    case 'remote':
      return kinds.remote(parsed.reach)
    case 'debug':
      return kinds.debug(parsed.reach)
  }
}

/**
 * The machine that a target names. Rejects with ESCHEME for what is none, ECONNECTION where it is not reached: a
 * debug port is when a place is first located.
 */
export async function connect(target: string, options: MachineOptions = {}): Promise<Machine> {
  const local = () => new LocalMachine(options)
  return await byTarget<Machine | Promise<Machine>>(target, {
    local,
    sim: async (board) => {
      const { SimMachine } = await import('./sim/machine.ts')
      return new SimMachine(board, { ...options, local: local() })
    },
    remote: async (how) => {
      const { reach } = await import('../remote/reach/index.ts')
      const { RemoteMachine } = await import('./remote/machine.ts')
      const { tellCommand = () => {}, sudo = false, keepS, outlives = false, signal } = options
      const session = await reach(target, how, {
        ...{ tell: tellCommand, sudo, keepS, outlives, signal },
      })
      return new RemoteMachine(session, { ...options, local: local() })
    },
    debug: async (how) => {
      const { DebugMachine } = await import('./debug/machine.ts')
      return new DebugMachine(target, how, { ...options, local: local() })
    },
  })
}
