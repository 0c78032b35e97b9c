import { PhysmemError, RefusedError } from '../base/errors.ts'
import { after, attempt, type Pending } from '../base/pending.ts'
import type { Value } from '../base/width.ts'
import { type AccessFile, type FileOpener, openAccessFile } from '../engine/access-file.ts'
import type { Mode } from '../engine/source.ts'
import { checkLimits } from '../memory/bounds.ts'
import { BusMemory } from '../memory/bus-memory.ts'
import { systemClock } from '../memory/clock.ts'
import { getElement, setElement, viewOf } from '../memory/elements.ts'
import { type Bus, BusFault } from '../memory/interpreter.ts'
import type { Program } from '../memory/program.ts'
import { refusalError } from '../refusal/error.ts'
import {
  explainCpuGone,
  explainMsrOpen,
  explainMsrWrite,
  explainMsrWrites,
  MSR_FAULTS,
  msrNode,
  noMsrs,
} from '../refusal/msr.ts'

/** Bytes of a register, which are also how far apart the addresses of two are. */
const BYTES = 8
/** Numbers of registers have 32 bits: Intel SDM 2B, RDMSR. */
const LENGTH = 2 ** 32 * BYTES

/**
 * The model-specific registers of a CPU of this x86 machine, by /dev/cpu/N/msr; the address of a
 * register is 8 times its number. The kernel makes one rdmsr or wrmsr, on that CPU, of a read or write
 * of 8 bytes at the number (arch/x86/kernel/msr.c). Needs CAP_SYS_RAWIO. What is refused of writes is
 * known before the first step. Rejects with EPLATFORM on another CPU, ENOPLACE where there is no such one.
 */
export async function openMsrs(cpu: number, mode: Mode, opener: FileOpener): Promise<MsrMemory> {
  await opener.look((system) => {
    if (system.cpu === 'x64') return
    throw refusalError(`msr:cpu${cpu} does not exist`, noMsrs(system.cpu))
  })
  const file = await openAccessFile(opener, msrNode(cpu), mode, (errno, system) =>
    explainMsrOpen(errno, cpu, system),
  )
  return new MsrMemory({ cpu, mode, opener, file })
}

interface Opened {
  cpu: number
  mode: Mode
  opener: FileOpener
  file: Pick<AccessFile, 'read' | 'write' | 'close'>
}

/** Registers of 64 bits, each accessed whole and once; EWIDTH for another width. */
export class MsrMemory extends BusMemory {
  readonly name: string
  readonly length = LENGTH
  readonly #cpu: number
  readonly #file: Opened['file']
  readonly #opener: FileOpener
  protected readonly bus: Bus

  constructor({ cpu, mode, opener, file }: Opened) {
    super()
    this.name = `msr:cpu${cpu}`
    this.#cpu = cpu
    this.#file = file
    this.#opener = opener
    this.bus = {
      ...systemClock,
      name: this.name,
      length: LENGTH,
      readOnly: mode === 'read',
      widths: [64],
      load: (address) => this.#load(address),
      store: (address, _width, value) => this.#store(address, value),
    }
  }

  protected release(): Pending<void> {
    return this.#file.close()
  }

  protected check(program: Program): void {
    checkLimits(program, this.bus)
    const cache = program.steps.findIndex(({ op }) => op === 'cache')
    if (cache >= 0) {
      const message = `${this.name}: model-specific registers have no cache lines`
      throw new RefusedError('EREFUSED', message, { step: cache })
    }
  }

  protected override permit(program: Program): Promise<void> | undefined {
    if (!program.writes) return undefined
    return this.#opener.look((system) => {
      const refusal = explainMsrWrites(system)
      if (refusal) throw refusalError(`${this.name} cannot be written`, refusal)
    })
  }

  #load(address: number): Pending<Value> {
    const bytes = new Uint8Array(BYTES)
    const done = this.#once('read', () => this.#file.read(bytes, address / BYTES))
    return after(done, () => getElement(viewOf(bytes), 0, 64))
  }

  #store(address: number, value: Value): Pending<void> {
    const bytes = new Uint8Array(BYTES)
    setElement(viewOf(bytes), 0, 64, value)
    return this.#once('written', () => this.#file.write(bytes, address / BYTES))
  }

  /** One access, which is whole or none. */
  #once(done: 'read' | 'written', access: () => Pending<number>): Pending<void> {
    const moved = attempt(access, (error) => {
      if (error instanceof PhysmemError) throw error
      return this.#fault(done, (error as NodeJS.ErrnoException).code ?? 'unknown error')
    })
    return after(moved, (count) => {
      if (count !== BYTES) throw new BusFault(`${count} of the 8 bytes were ${done}`, 'EIO')
    })
  }

  #fault(done: 'read' | 'written', errno: string): Promise<never> {
    if (errno === 'EIO') throw new BusFault(MSR_FAULTS[done], 'EIO')
    const what = `${this.name} cannot be ${done}`
    return this.#opener.look((system) => {
      if (errno === 'ENXIO') throw refusalError(what, explainCpuGone(this.#cpu, system))
      if (errno === 'EPERM') throw refusalError(what, explainMsrWrite(system))
      throw new BusFault(`nothing was ${done} (${errno})`, 'EIO')
    })
  }
}
