import { RefusedError, RequestError } from '../base/errors.ts'
import type { AllocateOptions } from '../buffer/allocate.ts'
import type { PhysicalBuffer } from '../buffer/buffer.ts'
import type { DescribedBoard } from '../device/board.ts'
import type { Diagnosis } from '../doctor/examine.ts'
import type { PlaceDiagnosis } from '../doctor/place.ts'
import type { Binding, BindOptions } from '../driver/bind.ts'
import type { UioDevice } from '../driver/uio-device.ts'
import { systemAt } from '../engine/system-at.ts'
import type { Window } from '../engine/windows/window.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { LocalMachine as Reached } from '../machine/local/machine.ts'
import type { Memory } from '../memory/memory.ts'
import { parsePlace } from '../place/place.ts'
import { checkOptions } from '../text/options.ts'
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
  readonly #root: string

  /** `root` is the folder that stands for `/`. */
  constructor(root = '/') {
    super('local')
    this.#root = root
  }

  async open(place?: string, options: OpenOptions = {}): Promise<Memory> {
    checkOptions('open', options, OPEN_OPTIONS)
    const parsed = memoryNamed(place)
    const machine = new Reached({ ...options, root: this.#root })
    return await this.opened.add(() => openPlace(machine, parsed))
  }

  async describe(options: DescribeOptions = {}): Promise<DescribedBoard> {
    const { describeMachine } = await import('./describe.ts')
    const { withPageLocks } = await import('../device/page-locks.ts')
    const root = this.#root
    const machine = await this.opened.add(() => new Reached({ root }))
    return await describeMachine(
      options,
      { system: systemAt(root) },
      { target: this.target, machine, lock: (places, act) => withPageLocks(places, { root }, act) },
    )
  }

  async map(): Promise<Inventory> {
    this.opened.check()
    if (this.#root === '/' && process.platform !== 'linux') {
      throw new RefusedError('EPLATFORM', 'what is at which address is known only on Linux')
    }
    return await (await import('../inventory/inventory.ts')).readInventory(systemAt(this.#root))
  }

  doctor(place: string, options?: PlaceDoctorOptions): Promise<PlaceDiagnosis>
  doctor(options?: DoctorOptions): Promise<Diagnosis>
  async doctor(
    what: string | DoctorOptions = {},
    options: PlaceDoctorOptions = {},
  ): Promise<PlaceDiagnosis | Diagnosis> {
    this.opened.check()
    const root = this.#root
    if (typeof what !== 'string') {
      checkOptions<DoctorOptions>('doctor', what, { selfTest: 'boolean' })
      return await (await import('../doctor/examine.ts')).examine({ ...what, root })
    }
    const { examinePlace } = await import('../doctor/place.ts')
    return await examinePlace(what, this.#rooted(options))
  }

  async translate(pid: number, virtual: bigint): Promise<Translation> {
    this.opened.check()
    const { translate } = await import('../translate/translate.ts')
    return await translate(pid, virtual, { root: this.#root })
  }

  async owners(addresses: readonly number[], options: OwnersOptions = {}): Promise<OwnersReport> {
    this.opened.check()
    const { owners } = await import('../translate/owners.ts')
    return await owners(addresses, this.#rooted(options))
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
    return await mapPlace(parsePlace(place ?? '0'), stretch, mode, this.#root)
  }

  async allocateBuffer(options: AllocateOptions): Promise<PhysicalBuffer> {
    const { allocateBuffer } = await import('../buffer/allocate.ts')
    return await this.opened.add(() => allocateBuffer(this.#rooted(options)))
  }

  async bindDriver(address: string, driver: string, options: BindOptions = {}): Promise<Binding> {
    const { bindDriver } = await import('../driver/bind.ts')
    return await this.opened.add(() => bindDriver(address, driver, this.#rooted(options)))
  }

  async openUioDevice(which: number | string): Promise<UioDevice> {
    const { openUioDevice } = await import('../driver/uio-device.ts')
    return await this.opened.add(() => openUioDevice(which, { root: this.#root }))
  }

  close(): Promise<void> {
    return this.opened.close()
  }

  /** What is not an object is for whoever takes it to refuse. */
  #rooted<T>(options: T): T {
    if (typeof options !== 'object' || options === null || Array.isArray(options)) return options
    return { ...options, root: this.#root }
  }
}
