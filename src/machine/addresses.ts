import type { Mode } from '../engine/source.ts'
import { NO_FILES } from '../linux/no-files.ts'
import type { System } from '../linux/system.ts'
import type { Memory } from '../memory/memory.ts'
import { ReadOnlyMemory } from '../memory/read-only.ts'
import type { AddressPlace } from '../place/schemes/address.ts'
import type { Place } from '../place/schemes/index.ts'
import type { Facts, Location, Machine } from './machine.ts'
import { Memories } from './memories.ts'
import { withFiles } from './with-files.ts'

export interface AddressMachineOptions {
  /** The machine that has the files: they are where the program is, whatever its target. */
  local: Machine
  /** What its memory is opened for where a call does not say. Default `write`. */
  mode?: Mode | undefined
  /** Opens all of its memory, once. */
  open: () => Promise<Memory>
  /** Throws for a place that it cannot have. */
  addressOf: (place: Place) => AddressPlace
}

/**
 * A machine of plain addresses, of which nothing else is known: all is in one memory, which is opened
 * when a place is first located.
 */
export class AddressMachine implements Machine {
  readonly #local: Machine
  readonly #mode: Mode
  readonly #open: () => Promise<Memory>
  readonly #addressOf: AddressMachineOptions['addressOf']
  readonly #memories: Memories

  constructor(name: string, { local, mode = 'write', open, addressOf }: AddressMachineOptions) {
    this.#memories = new Memories(name)
    this.#local = local
    this.#mode = mode
    this.#open = open
    this.#addressOf = addressOf
  }

  async locate(place: Place, length?: number, mode = this.#mode): Promise<Location> {
    if (place.scheme === 'file') return this.#local.locate(place, length, mode)
    const { offset } = this.#addressOf(place)
    const memory = await (mode === 'read' ? this.#reading() : this.#writing())
    return { memory, address: offset }
  }

  /** It gives nothing in files: whoever asks finds a machine without devices and processes. */
  look<T>(question: (system: System) => T | Promise<T>): Promise<T> {
    return this.#local.look((system) => question(withFiles(system, NO_FILES)))
  }

  facts(): Facts {
    const { system, ask } = this.#local.facts()
    return { system: withFiles(system, NO_FILES), ask }
  }

  renew(): Promise<void> {
    return this.#local.renew()
  }

  async close(): Promise<void> {
    await this.#local.close()
    await this.#memories.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #writing(): Promise<Memory> {
    const open = async () => ({ memory: await this.#open() })
    return (await this.#memories.once({ key: 'write', open })).memory
  }

  async #reading(): Promise<Memory> {
    const open = async () => ({ memory: new ReadOnlyMemory(await this.#writing()) })
    return (await this.#memories.once({ key: 'read', open })).memory
  }
}
