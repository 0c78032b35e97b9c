import { RequestError } from '../base/errors.ts'
import { WIDTHS } from '../base/width.ts'
import type { DescribedBoard } from '../device/board.ts'
import type { PlaceDiagnosis } from '../doctor/place.ts'
import type { Window } from '../engine/windows/window.ts'
import type { Inventory } from '../inventory/inventory.ts'
import {
  type Facility,
  OWNERS_NEEDS,
  refuseLacking,
  TRANSLATE_NEEDS,
} from '../machine/facilities.ts'
import { LocalMachine } from '../machine/local/machine.ts'
import type { Memory } from '../memory/memory.ts'
import type { SimMemory } from '../memory/sim/sim-memory.ts'
import { parsePlace } from '../place/place.ts'
import { onSimulatedBoard } from '../place/target.ts'
import { checkKind, checkOptions } from '../text/options.ts'
import type { OwnersReport } from '../translate/owners.ts'
import type { Translation } from '../translate/translation.ts'
import type { DescribeOptions } from './describe.ts'
import type { MappableMachine } from './machine.ts'
import { Mappable } from './mappable.ts'
import { memoryNamed, openPlace } from './open-place.ts'
import {
  OPEN_OPTIONS,
  type OpenOptions,
  type PlaceDoctorOptions,
  type StretchOptions,
} from './options.ts'

/** A simulated board, as programs ask it: one board, whatever opens it. */
export class Simulated extends Mappable implements MappableMachine {
  readonly #source: SimMemory | (() => Promise<SimMemory>)
  #memory: Promise<SimMemory> | undefined

  /** `source` is a board that is not closed with this, or switches one on when it is first needed. */
  constructor(target: string, source: SimMemory | (() => Promise<SimMemory>)) {
    super(target)
    this.#source = source
  }

  /** The board as a memory. */
  async board(): Promise<SimMemory> {
    if (typeof this.#source !== 'function') return this.#source
    this.#memory ??= this.#source()
    return await this.#memory
  }

  async open(place?: string, options: OpenOptions = {}): Promise<Memory> {
    checkOptions('open', options, OPEN_OPTIONS)
    this.opened.check()
    const parsed = memoryNamed(place)
    const { SimMachine } = await import('../machine/sim/machine.ts')
    const local = new LocalMachine(options)
    const { mode = 'write' } = options
    const machine = new SimMachine('', { local, mode, openBoard: () => this.board() })
    if (parsed.scheme !== 'file') return await openPlace(machine, parsed)
    return await this.opened.add(() => openPlace(machine, parsed))
  }

  async describe(options: DescribeOptions = {}): Promise<DescribedBoard> {
    this.opened.check()
    const { describeMachine } = await import('./describe.ts')
    const { describeBoard } = await import('../memory/sim/describe.ts')
    const { SimMachine } = await import('../machine/sim/machine.ts')
    const device = describeBoard((await this.board()).board.description)
    const machine = new SimMachine('', {
      ...{ local: new LocalMachine(), openBoard: () => this.board() },
    })
    return await describeMachine(
      options,
      { simulated: { from: this.target, device, issues: [] } },
      { target: this.target, machine, lock: (_places, act) => act() },
    )
  }

  async map(): Promise<Inventory> {
    this.opened.check()
    const { inventoryOfBoard } = await import('../inventory/board.ts')
    return inventoryOfBoard((await this.board()).board.description, this.target)
  }

  async doctor(text: string, options: PlaceDoctorOptions = {}): Promise<PlaceDiagnosis> {
    checkOptions<PlaceDoctorOptions>('doctor', options, { width: WIDTHS })
    checkKind('place', text, 'string')
    this.opened.check()
    const place = onSimulatedBoard(parsePlace(text))
    const { examineBoardPlace } = await import('../doctor/board.ts')
    return await examineBoardPlace(place, options.width ?? 32, await this.map(), await this.board())
  }

  translate(): Promise<Translation> {
    return this.#lacks('translate', TRANSLATE_NEEDS)
  }

  owners(): Promise<OwnersReport> {
    return this.#lacks('owners', OWNERS_NEEDS)
  }

  async mapStretch(
    what: string,
    options: StretchOptions & { place?: string | undefined },
  ): Promise<Window> {
    const { place, address, length, mode = 'write', access = 'auto' } = options
    if (place === undefined && address === undefined) throw boundless(what)
    const { offset } = onSimulatedBoard(parsePlace(place ?? '0'))
    if (length === undefined) throw boundless(what)
    const { mapSimulated } = await import('../machine/sim/window.ts')
    const stretch = { address: offset + (address ?? 0), length, access }
    return mapSimulated(await this.board(), stretch, mode)
  }

  async close(): Promise<void> {
    try {
      await this.opened.close()
    } finally {
      await (await this.#memory)?.close()
    }
  }

  async #lacks(what: string, needs: readonly Facility[]): Promise<never> {
    refuseLacking(what, needs, this.target)
    throw new Error('a simulated board has addresses alone')
  }
}

/** A board is not a stretch: nothing says where a window on it begins or ends. */
function boundless(what: string): RequestError {
  const message = `${what}: a window on a simulated board needs an address and a length, such as { address: 0x10000000, length: 0x20 }`
  return new RequestError('EUSAGE', message)
}
