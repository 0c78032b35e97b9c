import { existsSync } from 'node:fs'
import { PhysmemError } from '../base/errors.ts'
import { loadAddon } from '../engine/addon.ts'
import { MappedMemory } from '../engine/mapped.ts'
import { isRefusedMapping } from '../engine/refusal.ts'
import type { MapSource, Mode } from '../engine/source.ts'
import { physicalAddressBits } from '../linux/cpu.ts'
import type { LocalSystem } from '../linux/system.ts'
import { checkLimits } from '../memory/bounds.ts'
import { closedError } from '../memory/failure.ts'
import { Memory } from '../memory/memory.ts'
import { checkRun } from '../memory/options.ts'
import type { Program } from '../memory/program.ts'
import type { Results } from '../memory/results.ts'
import type { RunOptions } from '../memory/run-options.ts'
import {
  checkSampling,
  type SampleOptions,
  type SamplingEnd,
  type TakeSamples,
} from '../memory/sampling.ts'
import { openDevMem } from './devmem.ts'
import type { Choice, NotifyChoice } from './route/choice.ts'
import type { Router } from './route/router.ts'

/**
 * Opens the physical memory of this machine: for each address the first way that reaches it.
 *
 * 1. for RAM, in use or set aside: /dev/physmem, where the kernel module is loaded
 * 2. /dev/mem
 * 3. the memory BAR of a PCI function that holds the address (sysfs resourceN)
 * 4. /dev/mem without O_SYNC, for pages that x86 maps only cached (`/dev/mem (cached)`)
 * 5. for devices that no driver has claimed: /dev/physmem
 * 6. for what only reads: /proc/kcore, which has all RAM
 *
 * /dev/mem is opened at once, and nothing else as long as it does and there is no module. That it
 * cannot be opened is not a failure of this function, since another way may do: it is one of the
 * first program that finds none, and of `openRefusal`. Throws EPLATFORM on another system than
 * Linux.
 *
 * `notify` is called once for each way and stretch, when it was taken.
 *
 *     const memory = openPhysical('read', systemAt(), ({ address, way, reason }) => …)
 *     await memory.read32(0x100000) // RAM: by /proc/kcore where /dev/mem refuses it
 */
export function openPhysical(
  mode: Mode,
  system: LocalSystem,
  notify?: NotifyChoice,
): PhysicalMemory {
  loadAddon()
  return new PhysicalMemory(mode, system, notify)
}

/**
 * An access is made once, by one way. What each way refuses is known from mapping, which accesses
 * nothing; a program has all that it needs mapped before its first step, except for a single one
 * that only reads. When no way takes an address the error is that of the first, with what the
 * others said after it.
 */
export class PhysicalMemory extends Memory {
  /** That of /dev/mem as long as it is open, whatever way an address goes: `data.way` of an error tells. */
  readonly name: string
  readonly length: number
  /** /dev/mem, or `undefined` when it could not be opened: then `openRefusal` says why. */
  readonly devmem: MapSource | undefined
  readonly openRefusal: PhysmemError | undefined
  readonly #mode: Mode
  readonly #system: LocalSystem
  readonly #notify: NotifyChoice | undefined
  readonly #direct: MappedMemory | undefined
  readonly #hasKmod: boolean
  /** Made at once where there is /dev/physmem, else when /dev/mem does not do for the first time. */
  #router: Promise<Router> | undefined
  #told = false
  #closed = false

  constructor(mode: Mode, system: LocalSystem, notify: NotifyChoice | undefined) {
    super()
    this.#mode = mode
    this.#system = system
    this.#notify = notify
    this.length = 2 ** physicalAddressBits(system.files)
    try {
      this.devmem = openDevMem(mode, system)
      this.#direct = new MappedMemory(this.devmem)
    } catch (error) {
      if (!(error instanceof PhysmemError)) throw error
      this.openRefusal = error
    }
    this.name = this.devmem?.name ?? 'physical memory'
    this.#hasKmod = existsSync(system.at('/dev/physmem'))
  }

  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    checkRun(program, options)
    this.#check(program)
    if (this.#direct === undefined || this.#hasKmod || this.#router)
      return await (await this.#route()).run(program, options)
    try {
      const results = await this.#direct.run(program, options)
      this.#tell(program)
      return results
    } catch (error) {
      const refused = isRefusedMapping(error)
      if (!refused || error.results?.done) this.#tell(program)
      if (!refused) throw error
      // The step that was refused was not begun: the program goes on with it.
      return await (await this.#route()).run(program, options, error)
    }
  }

  override async prepare(program: Program): Promise<void> {
    await this.waysFor(program)
  }

  /** Prepares a program, and returns which way its addresses will go; nothing is accessed. */
  async waysFor(program: Program): Promise<Choice[]> {
    this.#check(program)
    if (this.#direct === undefined || this.#hasKmod || this.#router) {
      return await (await this.#route()).prepare(program)
    }
    try {
      await this.#direct.prepare(program)
      return this.#directly(program)
    } catch (error) {
      if (!isRefusedMapping(error)) throw error
      return await (await this.#route()).prepare(program)
    }
  }

  /** @internal */
  override async sample(
    program: Program,
    options: SampleOptions,
    take: TakeSamples,
  ): Promise<SamplingEnd> {
    checkSampling(program, options, take)
    this.#check(program)
    const direct = this.#direct
    if (direct !== undefined && !this.#hasKmod && !this.#router) {
      const refusal = await direct.prepare(program).catch((error: unknown) => error)
      if (refusal === undefined) {
        this.#tell(program)
        return await direct.sample(program, options, take)
      }
      if (!isRefusedMapping(refusal)) throw refusal
    }
    return await (await this.#route()).sample(program, options, take)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await (await this.#router)?.close()
    await this.#direct?.close()
  }

  #check(program: Program): void {
    if (this.#closed) throw closedError(this.name)
    const readOnly = this.#mode !== 'write'
    checkLimits(program, { name: this.name, length: this.length, readOnly })
  }

  #tell(program: Program): void {
    if (this.#told || this.#notify === undefined) return
    const [choice] = this.#directly(program)
    if (choice === undefined) return
    this.#told = true
    this.#notify(choice)
  }

  #directly(program: Program): Choice[] {
    const step = program.steps.find((one) => 'address' in one)
    if (step === undefined || this.#direct === undefined) return []
    return [{ address: step.address, way: this.#direct.name, reason: '' }]
  }

  #route(): Promise<Router> {
    // Closed while /dev/mem was at work: what would be opened now nobody would close.
    if (this.#closed && !this.#router) throw closedError(this.name)
    this.#router ??= import('./route/index.ts').then(({ openRouter }) =>
      openRouter({
        system: this.#system,
        mode: this.#mode,
        name: this.name,
        direct: this.#direct ?? (this.openRefusal as PhysmemError),
        kmod: this.#hasKmod,
        notify: this.#notify,
      }),
    )
    return this.#router
  }
}
