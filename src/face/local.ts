import { RefusedError, RequestError } from '../base/errors.ts'
import type { AllocateOptions } from '../buffer/allocate.ts'
import type { PhysicalBuffer } from '../buffer/buffer.ts'
import type { DescribedBoard } from '../device/board.ts'
import type { Diagnosis } from '../doctor/examine.ts'
import type { PlaceDiagnosis } from '../doctor/place.ts'
import type { Binding } from '../driver/bind.ts'
import type { BindOptions } from '../driver/bind-options.ts'
import type { UioDevice } from '../driver/uio-device.ts'
import { systemAt } from '../engine/system-at.ts'
import type { Window } from '../engine/windows/window.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { LocalSystem } from '../linux/system.ts'
import { LocalMachine as Reached } from '../machine/local/machine.ts'
import type { Memory } from '../memory/memory.ts'
import { parsePlace } from '../place/place.ts'
import { checkKind, checkOptions } from '../text/options.ts'
import type { OwnersReport } from '../translate/owners.ts'
import type { Translation } from '../translate/translation.ts'
import type { DescribeOptions } from './describe.ts'
import type { LocalMachine } from './machine.ts'
import { Mappable } from './mappable.ts'
import { memoryNamed, openPlace } from './open-place.ts'
import {
  type DoctorOptions,
  OPEN_OPTIONS,
  type OpenOptions,
  type OwnersOptions,
  type PlaceDoctorOptions,
  type StretchOptions,
} from './options.ts'

/** This machine, as programs ask it. Each question loads what it needs. */
export class Here extends Mappable implements LocalMachine {
  readonly #system: LocalSystem

  constructor(system: LocalSystem = systemAt()) {
    super('local')
    this.#system = system
  }

  async open(place?: string, options: OpenOptions = {}): Promise<Memory> {
    checkOptions('open', options, OPEN_OPTIONS)
    const parsed = memoryNamed(place)
    const machine = new Reached({ ...options, system: this.#system })
    return await this.opened.add(() => openPlace(machine, parsed))
  }

  async describe(options: DescribeOptions = {}): Promise<DescribedBoard> {
    const { describeMachine } = await import('./describe.ts')
    const { withPageLocks } = await import('../device/page-locks.ts')
    const system = this.#system
    const machine = await this.opened.add(() => new Reached({ system }))
    return await describeMachine(
      options,
      { system: system.now() },
      {
        target: this.target,
        machine,
        lock: async (places, act) => withPageLocks(places, { system }, act),
      },
    )
  }

  async map(): Promise<Inventory> {
    this.opened.check()
    if (this.#system.isHere && process.platform !== 'linux') {
      throw new RefusedError('EPLATFORM', 'what is at which address is known only on Linux')
    }
    return await (await import('../inventory/inventory.ts')).readInventory(this.#system.now())
  }

  doctor(place: string, options?: PlaceDoctorOptions): Promise<PlaceDiagnosis>
  doctor(options?: DoctorOptions): Promise<Diagnosis>
  async doctor(
    what: string | DoctorOptions = {},
    options: PlaceDoctorOptions = {},
  ): Promise<PlaceDiagnosis | Diagnosis> {
    this.opened.check()
    if (typeof what === 'number') checkKind('place', what, 'string')
    if (typeof what !== 'string') {
      checkOptions<DoctorOptions>('doctor', what, { selfTest: 'boolean' })
      return await (await import('../doctor/examine.ts')).examine(what, this.#system)
    }
    const { examinePlace } = await import('../doctor/place.ts')
    return await examinePlace(what, options, this.#system)
  }

  async translate(pid: number, virtual: bigint): Promise<Translation> {
    this.opened.check()
    const { translate } = await import('../translate/translate.ts')
    return await translate(pid, virtual, this.#system)
  }

  async owners(addresses: readonly number[], options: OwnersOptions = {}): Promise<OwnersReport> {
    this.opened.check()
    const { owners } = await import('../translate/owners.ts')
    return await owners(addresses, options, this.#system)
  }

  async mapStretch(
    what: string,
    options: StretchOptions & { place?: string | undefined },
  ): Promise<Window> {
    const { place, address, length, mode = 'write', access = 'auto' } = options
    if (place === undefined && address === undefined) {
      const message = `${what}: nothing to map is given: expected a place such as 'pci:0000:00:04.0/bar0', or address and length`
      throw new RequestError('EUSAGE', message)
    }
    const { mapPlace } = await import('../machine/local/window.ts')
    const stretch = { address: address ?? 0, length, access }
    return await mapPlace(parsePlace(place ?? '0'), stretch, mode, this.#system)
  }

  async allocateBuffer(options: AllocateOptions): Promise<PhysicalBuffer> {
    const { allocateBuffer } = await import('../buffer/allocate.ts')
    return await this.opened.add(() => allocateBuffer(options, this.#system))
  }

  async bindDriver(address: string, driver: string, options: BindOptions = {}): Promise<Binding> {
    const { bindDriver } = await import('../driver/bind.ts')
    return await this.opened.add(() => bindDriver(address, driver, options, this.#system))
  }

  async openUioDevice(which: number | string): Promise<UioDevice> {
    const { openUioDevice } = await import('../driver/uio-device.ts')
    return await this.opened.add(() => openUioDevice(which, this.#system))
  }

  close(): Promise<void> {
    return this.opened.close()
  }
}
