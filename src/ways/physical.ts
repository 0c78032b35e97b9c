import { existsSync } from 'node:fs'
import { PhysmemError } from '../base/errors.ts'
import { loadAddon } from '../engine/addon.ts'
import { MappedMemory } from '../engine/mapped.ts'
import { isRefusedMapping } from '../engine/refusal.ts'
import type { Mode } from '../engine/source.ts'
import { physicalAddressBits } from '../linux/cpu.ts'
import type { LocalSystem } from '../linux/system.ts'
import { checkLimits } from '../memory/bounds.ts'
import { closedError } from '../memory/failure.ts'
import { Memory } from '../memory/memory.ts'
import { checkProgram, checkRun } from '../memory/options.ts'
import type { Program } from '../memory/program.ts'
import type { Results } from '../memory/results.ts'
import type { RunOptions } from '../memory/run-options.ts'
import type { SampleOptions, SamplingEnd, TakeSamples } from '../memory/sampling.ts'
import { openDevMem } from './devmem.ts'
import type { Choice, NotifyChoice } from './route/choice.ts'
import type { Router } from './route/router.ts'

/** What a physical memory is made of. */
export interface PhysicalParts {
  mode: Mode
  /** Bytes from address 0. */
  length: number
  /** /dev/mem, or why it could not be opened. */
  direct: Memory | PhysmemError
  /** Whether another way comes before it. */
  isSecond: boolean
  /** All ways, under the name of the memory. */
  route(name: string): Promise<Router>
  notify: NotifyChoice | undefined
}

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
  const direct = openDirect(mode, system)
  const kmod = existsSync(system.at('/dev/physmem'))
  return new PhysicalMemory({
    mode,
    length: 2 ** physicalAddressBits(system.files),
    direct,
    isSecond: kmod,
    notify,
    route: async (name) => {
      const { openRouter } = await import('./route/index.ts')
      return openRouter({ system, mode, name, direct, kmod, notify })
    },
  })
}

/** /dev/mem of this machine, or why it cannot be opened. */
export function openDirect(mode: Mode, system: LocalSystem): MappedMemory | PhysmemError {
  try {
    return new MappedMemory(openDevMem(mode, system))
  } catch (error) {
    if (error instanceof PhysmemError) return error
    throw error
  }
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
  /** Why /dev/mem could not be opened. */
  readonly openRefusal: PhysmemError | undefined
  readonly #parts: PhysicalParts
  readonly #direct: Memory | undefined
  /** Made at once where another way comes first, else when /dev/mem does not do for the first time. */
  #router: Promise<Router> | undefined
  #told = false
  #closed = false

  constructor(parts: PhysicalParts) {
    super()
    this.#parts = parts
    this.length = parts.length
    if (parts.direct instanceof Memory) this.#direct = parts.direct
    else this.openRefusal = parts.direct
    this.name = this.#direct?.name ?? 'physical memory'
  }

  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    checkRun(program, options)
    this.#check(program)
    if (this.#direct === undefined || this.#parts.isSecond || this.#router)
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
    if (this.#direct === undefined || this.#parts.isSecond || this.#router) {
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
    checkProgram(program)
    this.#check(program)
    const direct = this.#direct
    if (direct !== undefined && !this.#parts.isSecond && !this.#router) {
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
    const readOnly = this.#parts.mode !== 'write'
    checkLimits(program, { name: this.name, length: this.length, readOnly })
  }

  #tell(program: Program): void {
    if (this.#told || this.#parts.notify === undefined) return
    const [choice] = this.#directly(program)
    if (choice === undefined) return
    this.#told = true
    this.#parts.notify(choice)
  }

  #directly(program: Program): Choice[] {
    const step = program.steps.find((one) => 'address' in one)
    if (step === undefined || this.#direct === undefined) return []
    return [{ address: step.address, way: this.#direct.name, reason: '' }]
  }

  #route(): Promise<Router> {
    // Closed while /dev/mem was at work: what would be opened now nobody would close.
    if (this.#closed && !this.#router) throw closedError(this.name)
    this.#router ??= this.#parts.route(this.name)
    return this.#router
  }
}
