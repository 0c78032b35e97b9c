import { parseTarget } from '../place/target.ts'
import { LocalMachine, type LocalOptions } from './local/machine.ts'
import type { Machine } from './machine.ts'
import type { SimMachineOptions } from './sim/machine.ts'

export type MachineOptions = LocalOptions & Omit<SimMachineOptions, 'local'>

/** What is done for each kind of machine. */
interface Kinds<T> {
  local(): T
  /** `board` is the file that describes it; empty for the built-in one. */
  sim(board: string): T
}

/** The one place that knows the kinds of target. Throws ESCHEME for what is none. */
export function byTarget<T>(target: string, kinds: Kinds<T>): T {
  const parsed = parseTarget(target)
  return parsed.kind === 'local' ? kinds.local() : kinds.sim(parsed.board)
}

/** The machine that a target names. Rejects with ESCHEME for what is none. */
export async function connect(target: string, options: MachineOptions = {}): Promise<Machine> {
  const local = () => new LocalMachine(options)
  return await byTarget<Machine | Promise<Machine>>(target, {
    local,
    sim: async (board) => {
      const { SimMachine } = await import('./sim/machine.ts')
      return new SimMachine(board, { ...options, local: local() })
    },
  })
}
