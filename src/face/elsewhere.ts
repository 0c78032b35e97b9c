import { WIDTHS } from '../base/width.ts'
import type { DescribedBoard } from '../device/board.ts'
import type { Diagnosis } from '../doctor/examine.ts'
import type { PlaceDiagnosis } from '../doctor/place.ts'
import type { FarBinding } from '../driver/bind-far.ts'
import { type BindOptions, checkBinding } from '../driver/bind-options.ts'
import { systemAt } from '../engine/system-at.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { ListedPlace } from '../inventory/places.ts'
import type { MachineOptions } from '../machine/connect.ts'
import {
  OWNERS_NEEDS,
  refuseLacking,
  refuseUnexamined,
  refuseUntold,
  TRANSLATE_NEEDS,
} from '../machine/facilities.ts'
import type { Machine as Reached } from '../machine/machine.ts'
import type { Memory } from '../memory/memory.ts'
import { parsePlace } from '../place/place.ts'
import { checkKind, checkOptions } from '../text/options.ts'
import type { Asking } from '../translate/asking.ts'
import type { OwnersReport } from '../translate/owners.ts'
import type { Translation } from '../translate/translation.ts'
import type { DescribeOptions } from './describe.ts'
import type { FarMachine } from './machine.ts'
import { memoryNamed, openPlace } from './open-place.ts'
import { Opened } from './opened.ts'
import {
  OPEN_OPTIONS,
  type OpenOptions,
  type OwnersOptions,
  type PlaceDoctorOptions,
} from './options.ts'

/** What may be said of the way to a machine besides its target. */
export type Way = Pick<MachineOptions, 'sudo' | 'keepS' | 'tellCommand'>

/**
 * A machine far away, or this one with other rights, as programs ask it: an agent serves there, or a
 * debug port.
 */
export class Elsewhere implements FarMachine {
  readonly target: string
  readonly #opened: Opened
  readonly #way: Way
  #machine: Promise<Reached> | undefined

  constructor(target: string, way: Way = {}) {
    this.target = target
    this.#way = way
    this.#opened = new Opened(`the machine ${target}`)
  }

  /** Reaches it, once. Rejects with ECONNECTION where that does not succeed. */
  async reach(): Promise<Reached> {
    this.#opened.check()
    this.#machine ??= import('../machine/connect.ts').then(({ connect }) =>
      connect(this.target, this.#way),
    )
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
    const { takesLocks, withFarPageLocks } = await import('../device/page-locks.ts')
    const system = systemAt()
    return await describeMachine(options, machine.facts(), {
      target: this.target,
      machine,
      lock: (places, act) =>
        takesLocks(machine) ? withFarPageLocks(places, machine, { system }, act) : act(),
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

  doctor(place: string, options?: PlaceDoctorOptions): Promise<PlaceDiagnosis>
  doctor(): Promise<Diagnosis>
  async doctor(
    place?: string,
    options: PlaceDoctorOptions = {},
  ): Promise<PlaceDiagnosis | Diagnosis> {
    if (place !== undefined) checkKind('place', place, 'string')
    checkOptions<PlaceDoctorOptions>('doctor', options, { width: WIDTHS })
    const parsed = place === undefined ? undefined : parsePlace(place)
    refuseUnexamined(this.target)
    const machine = await this.reach()
    if (parsed === undefined) return await examineAll(machine)
    const { examinePlaceOn, farMachine, widthOf } = await import('../doctor/place.ts')
    const far = farMachine({
      look: (question) => machine.look(question),
      locate: (at, length, mode) => machine.locate(at, length, mode),
      asking: async () => machine.asking?.(),
    })
    return await examinePlaceOn(far, parsed, widthOf(parsed, options))
  }

  async translate(pid: number, virtual: bigint): Promise<Translation> {
    const { translateBy } = await import('../translate/translate.ts')
    refuseLacking('translate', TRANSLATE_NEEDS, this.target)
    return await this.#asking((asking) => translateBy(asking, pid, virtual))
  }

  async owners(addresses: readonly number[], options: OwnersOptions = {}): Promise<OwnersReport> {
    const { ownersBy } = await import('../translate/owners.ts')
    refuseLacking('owners', OWNERS_NEEDS, this.target)
    return await this.#asking((asking) => ownersBy(asking, addresses, options))
  }

  async bindDriver(
    address: string,
    driver: string,
    options: BindOptions = {},
  ): Promise<FarBinding> {
    checkBinding(driver, options)
    refuseLacking('bindDriver', ['drivers'], this.target)
    const machine = await this.reach()
    const { bindFar } = await import('../driver/bind-far.ts')
    const sysfs = machine.sysfs?.()
    if (sysfs === undefined) throw new Error('a machine far away has no files of sysfs')
    const look: Reached['look'] = (question) => machine.look(question)
    return await this.#opened.add(() => bindFar(address, driver, options, { ...sysfs, look }))
  }

  async close(): Promise<void> {
    await this.#opened.close()
    const machine = await this.#machine?.catch(() => undefined)
    await machine?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #asking<T>(act: (asking: Asking) => Promise<T>): Promise<T> {
    const asking = (await this.reach()).asking?.()
    if (asking === undefined) throw new Error('a machine far away has no page tables')
    return await act(asking).finally(() => asking.close())
  }
}

async function examineAll(machine: Reached): Promise<Diagnosis> {
  const { examineFar } = await import('../doctor/examine-far.ts')
  if (machine.trials === undefined) throw new Error('a machine far away has no trials')
  return await examineFar(machine.facts(), machine.trials())
}
