import type { Mode } from '../../engine/source.ts'
import { MemoryFiles } from '../../linux/memory-files.ts'
import type { System } from '../../linux/system.ts'
import type { Memory } from '../../memory/memory.ts'
import { ReadOnlyMemory } from '../../memory/read-only.ts'
import type { Place } from '../../place/schemes/index.ts'
import { onSimulatedBoard } from '../../place/target.ts'
import type { Facts, Location, Machine } from '../machine.ts'
import { Memories } from '../memories.ts'
import { withFiles } from '../with-files.ts'

export interface SimMachineOptions {
  /** The machine that has the files: they are where the program is, whatever its target. */
  local: Machine
  /** What its memory is opened for where a call does not say. Default `write`. */
  mode?: Mode
  /** Opens a simulated board, for those who share it or want to know more of it. */
  openBoard?: (file: string) => Promise<Memory>
}

/** A simulated board, which is switched on when a place on it is first located. */
export class SimMachine implements Machine {
  readonly #board: string
  readonly #local: Machine
  readonly #mode: Mode
  readonly #openBoard: (file: string) => Promise<Memory>
  readonly #memories: Memories

  /** `board` is the file that describes it; empty for the built-in one. */
  constructor(
    board: string,
    { local, mode = 'write', openBoard = openSimulated }: SimMachineOptions,
  ) {
    this.#board = board
    this.#memories = new Memories(`sim:${board}`)
    this.#local = local
    this.#mode = mode
    this.#openBoard = openBoard
  }

  async locate(place: Place, length?: number, mode = this.#mode): Promise<Location> {
    if (place.scheme === 'file') return this.#local.locate(place, length, mode)
    const { offset } = onSimulatedBoard(place)
    const memory = await (mode === 'read' ? this.#reading() : this.#writing())
    return { memory, address: offset }
  }

  /** A board gives nothing in files: whoever asks finds a machine without devices and processes. */
  look<T>(question: (system: System) => T | Promise<T>): Promise<T> {
    return this.#local.look((system) => question(withFiles(system, new MemoryFiles())))
  }

  facts(): Facts {
    const { system, ask } = this.#local.facts()
    return { system: withFiles(system, new MemoryFiles()), ask }
  }

  async close(): Promise<void> {
    await this.#local.close()
    await this.#memories.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #writing(): Promise<Memory> {
    const open = async () => ({ memory: await this.#openBoard(this.#board) })
    return (await this.#memories.once('write', open)).memory
  }

  async #reading(): Promise<Memory> {
    const open = async () => ({ memory: new ReadOnlyMemory(await this.#writing()) })
    return (await this.#memories.once('read', open)).memory
  }
}

async function openSimulated(file: string): Promise<Memory> {
  const { openSim } = await import('../../memory/sim/index.ts')
  return openSim(file)
}
