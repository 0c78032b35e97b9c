import { parseTarget } from '../place/target.ts'
import { LocalMachine, type LocalOptions } from './local/machine.ts'
import type { Machine } from './machine.ts'
import type { SimMachineOptions } from './sim/machine.ts'

export type MachineOptions = LocalOptions & Omit<SimMachineOptions, 'local'>

/** The machine that a target names: the one place that knows the kinds of target. Rejects with ESCHEME. */
export async function connect(target: string, options: MachineOptions = {}): Promise<Machine> {
  const parsed = parseTarget(target)
  const local = new LocalMachine(options)
  switch (parsed.kind) {
    case 'local':
      return local
    case 'sim': {
      const { SimMachine } = await import('./sim/machine.ts')
      return new SimMachine(parsed.board, { ...options, local })
    }
  }
}
