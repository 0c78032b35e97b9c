import type { Mode } from '../../engine/source.ts'
import { atDebugPort, type DebugReach } from '../../place/target.ts'
import type { DebugMemory } from '../../remote/debug/index.ts'
import { AddressMachine } from '../addresses.ts'
import type { Machine } from '../machine.ts'

export interface DebugMachineOptions {
  /** The machine that has the files: they are where the program is, whatever its target. */
  local: Machine
  mode?: Mode
  notify?: (text: string) => void
}

/**
 * A machine at a debug port, which is connected to when a place is first located: a server of GDB's
 * protocol stops most machines then.
 */
export class DebugMachine extends AddressMachine {
  readonly #memory: () => DebugMemory | undefined

  constructor(target: string, reach: DebugReach, { local, mode, notify }: DebugMachineOptions) {
    let memory: DebugMemory | undefined
    const open = async () => {
      const { openDebugPort } = await import('../../remote/debug/index.ts')
      memory = await openDebugPort(target, reach, notify)
      return memory
    }
    super(target, { local, mode, open, addressOf: atDebugPort })
    this.#memory = () => memory
  }

  get isLost(): boolean {
    return this.#memory()?.isLost ?? false
  }
}
