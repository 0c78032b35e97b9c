import type { Mode } from '../../engine/source.ts'
import type { Memory } from '../../memory/memory.ts'
import { onSimulatedBoard } from '../../place/target.ts'
import { AddressMachine } from '../addresses.ts'
import type { Machine } from '../machine.ts'

export interface SimMachineOptions {
  /** The machine that has the files: they are where the program is, whatever its target. */
  local: Machine
  /** What its memory is opened for where a call does not say. Default `write`. */
  mode?: Mode
  /** Opens a simulated board, for those who share it or want to know more of it. */
  openBoard?: (file: string) => Promise<Memory>
}

/** A simulated board, which is switched on when a place on it is first located. */
export class SimMachine extends AddressMachine {
  /** `board` is the file that describes it; empty for the built-in one. */
  constructor(board: string, { local, mode, openBoard = openSimulated }: SimMachineOptions) {
    const open = () => openBoard(board)
    super(`sim:${board}`, { local, mode, open, addressOf: onSimulatedBoard })
  }
}

async function openSimulated(file: string): Promise<Memory> {
  const { openSim } = await import('../../memory/sim/index.ts')
  return openSim(file)
}
