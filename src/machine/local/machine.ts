import { after, type Pending } from '../../base/pending.ts'
import type { Mode } from '../../engine/source.ts'
import { systemAt } from '../../engine/system-at.ts'
import type { LocalSystem, System } from '../../linux/system.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { Notify } from '../found.ts'
import type { Facts, Location, Machine } from '../machine.ts'
import { Memories } from '../memories.ts'
import { find } from './find.ts'
import { forgetWithoutAddress } from './no-address.ts'
import { openThePhysical } from './resolve/physical.ts'

export interface LocalOptions {
  /** What memories are opened for where it is not said. Default `write`, which also reads. */
  mode?: Mode
  /** The machine itself, or a recorded one. Default: that of this process. */
  system?: LocalSystem
  /** Told once for each way that was taken to some memory, and why. */
  notify?: Notify
  /** Allows blocks over ranges of I/O ports, which act on devices. Default `false`. */
  actOnPorts?: boolean
  /** Allows blocks over ranges of registers of I2C devices, which act on them. Default `false`. */
  actOnI2c?: boolean
}

/** This machine. */
export class LocalMachine implements Machine {
  readonly #mode: Mode
  readonly #system: LocalSystem
  readonly #notify: Notify
  readonly #actOnPorts: boolean
  readonly #actOnI2c: boolean
  readonly #memories: Memories

  constructor(options: LocalOptions = {}) {
    this.#mode = options.mode ?? 'write'
    this.#system = options.system ?? systemAt()
    this.#memories = new Memories('local', () => forgetWithoutAddress(this.#system))
    this.#notify = options.notify ?? (() => {})
    this.#actOnPorts = options.actOnPorts ?? false
    this.#actOnI2c = options.actOnI2c ?? false
  }

  locate(place: Place, length = 1, mode = this.#mode): Pending<Location> {
    const found = find(place, length, {
      mode,
      system: this.#system,
      notify: this.#notify,
      actOnPorts: this.#actOnPorts,
      actOnI2c: this.#actOnI2c,
      physical: () => this.#physical(mode),
    })
    return after(found, ({ address, length: rest, ...found }) =>
      after(this.#memories.once({ ...found, key: `${mode} ${found.key}` }), ({ memory }) => {
        return { memory, address, length: rest }
      }),
    )
  }

  async look<T>(question: (system: System) => T | Promise<T>): Promise<T> {
    return question(this.#system.now())
  }

  facts(): Facts {
    return { system: this.#system.now(), ask: (question) => question() }
  }

  async renew(): Promise<void> {
    forgetWithoutAddress(this.#system)
    await this.#memories.renew()
  }

  async close(): Promise<void> {
    forgetWithoutAddress(this.#system)
    await this.#memories.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #physical(mode: Mode): Promise<Memory> {
    const open = async () => openThePhysical(mode, this.#system, this.#notify)
    return (await this.#memories.once({ key: `${mode} physical`, open })).memory
  }
}
