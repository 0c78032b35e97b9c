import { RequestError } from '../base/errors.ts'
import type { DescribedBoard } from '../device/board.ts'
import type { PlaceDiagnosis } from '../doctor/place.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { ListedPlace } from '../inventory/places.ts'
import { refuseUntold } from '../machine/facilities.ts'
import type { Machine as Reached } from '../machine/machine.ts'
import type { Memory } from '../memory/memory.ts'
import { checkOptions } from '../text/options.ts'
import { quote } from '../text/refuse.ts'
import type { OwnersReport } from '../translate/owners.ts'
import type { Translation } from '../translate/translation.ts'
import type { DescribeOptions } from './describe.ts'
import type { Machine } from './machine.ts'
import { memoryNamed, openPlace } from './open-place.ts'
import { Opened } from './opened.ts'
import { OPEN_OPTIONS, type OpenOptions } from './options.ts'

/**
 * A machine far away, or this one with other rights, as programs ask it: an agent serves there, or a
 * debug port.
 */
export class Elsewhere implements Machine {
  readonly target: string
  readonly #opened: Opened
  #machine: Promise<Reached> | undefined

  constructor(target: string) {
    this.target = target
    this.#opened = new Opened(`the machine ${target}`)
  }

  /** Reaches it, once. Rejects with ECONNECTION where that does not succeed. */
  async reach(): Promise<Reached> {
    this.#opened.check()
    this.#machine ??= import('../machine/connect.ts').then(({ connect }) => connect(this.target))
    return await this.#machine
  }

  async open(place?: string, options: OpenOptions = {}): Promise<Memory> {
    checkOptions('open', options, OPEN_OPTIONS)
    const parsed = memoryNamed(place)
    const machine = await this.reach()
    const { mode = 'write' } = options
    const locate: Reached['locate'] = (at, length) => machine.locate(at, length, mode)
    // Its memories are closed with it.
    return await openPlace({ locate, close: async () => {} }, parsed)
  }

  async describe(options: DescribeOptions = {}): Promise<DescribedBoard> {
    const machine = await this.reach()
    const { describeMachine } = await import('./describe.ts')
    return await describeMachine(options, machine.facts(), {
      target: this.target,
      machine,
      lock: (_places, act) => act(),
    })
  }

  async map(): Promise<Inventory> {
    refuseUntold(this.target)
    const machine = await this.reach()
    const { readInventory } = await import('../inventory/inventory.ts')
    return await machine.look((system) => readInventory(system))
  }

  async list(): Promise<ListedPlace[]> {
    const { listPlaces } = await import('../inventory/places.ts')
    return listPlaces(await this.map())
  }

  doctor(): Promise<PlaceDiagnosis> {
    return this.#hasNone('doctor examines this machine and simulated boards')
  }

  translate(): Promise<Translation> {
    return this.#hasNone('translate works on this machine only')
  }

  owners(): Promise<OwnersReport> {
    return this.#hasNone('owners works on this machine only')
  }

  async close(): Promise<void> {
    await this.#opened.close()
    const machine = await this.#machine?.catch(() => undefined)
    await machine?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #hasNone(what: string): Promise<never> {
    const message = `${what}, but the target is ${quote(this.target)}`
    throw new RequestError('EUSAGE', message)
  }
}
