import { closeSync, readSync, writeSync } from 'node:fs'
import { RefusedError } from '../base/errors.ts'
import type { Value } from '../base/width.ts'
import { openNode } from '../engine/open-node.ts'
import type { Mode } from '../engine/source.ts'
import { systemAt } from '../engine/system-at.ts'
import type { LocalSystem } from '../linux/system.ts'
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
 * known before the first step. Throws EPLATFORM on another CPU, ENOPLACE where there is no such one.
 */
export function openMsrs(cpu: number, mode: Mode, system: LocalSystem = systemAt()): MsrMemory {
  if (system.cpu !== 'x64') throw refusalError(`msr:cpu${cpu} does not exist`, noMsrs(system.cpu))
  const { fd } = openNode(system.at(msrNode(cpu)), mode, (errno) =>
    explainMsrOpen(errno, cpu, system.now()),
  )
  return new MsrMemory({ cpu, mode, system, node: nodeOf(fd) })
}

/** An open node of registers: each call is one access of 8 bytes, and gives how many were moved. */
export interface MsrNode {
  read(bytes: Uint8Array, register: number): number
  write(bytes: Uint8Array, register: number): number
  close(): void
}

function nodeOf(fd: number): MsrNode {
  return {
    read: (bytes, register) => readSync(fd, bytes, 0, BYTES, register),
    write: (bytes, register) => writeSync(fd, bytes, 0, BYTES, register),
    close: () => closeSync(fd),
  }
}

interface Opened {
  cpu: number
  mode: Mode
  system: LocalSystem
  node: MsrNode
}

/** Registers of 64 bits, each accessed whole and once; EWIDTH for another width. */
export class MsrMemory extends BusMemory {
  readonly name: string
  readonly length = LENGTH
  readonly #cpu: number
  readonly #node: MsrNode
  readonly #system: LocalSystem
  protected readonly bus: Bus

  constructor({ cpu, mode, system, node }: Opened) {
    super()
    this.name = `msr:cpu${cpu}`
    this.#cpu = cpu
    this.#node = node
    this.#system = system
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

  protected release(): void {
    this.#node.close()
  }

  protected check(program: Program): void {
    checkLimits(program, this.bus)
    const cache = program.steps.findIndex(({ op }) => op === 'cache')
    if (cache >= 0) {
      const message = `${this.name}: model-specific registers have no cache lines`
      throw new RefusedError('EREFUSED', message, { step: cache })
    }
    if (!program.writes) return
    const refusal = explainMsrWrites(this.#system.now())
    if (refusal) throw refusalError(`${this.name} cannot be written`, refusal)
  }

  #load(address: number): Value {
    const bytes = new Uint8Array(BYTES)
    this.#once('read', () => this.#node.read(bytes, address / BYTES))
    return getElement(viewOf(bytes), 0, 64)
  }

  #store(address: number, value: Value): void {
    const bytes = new Uint8Array(BYTES)
    setElement(viewOf(bytes), 0, 64, value)
    this.#once('written', () => this.#node.write(bytes, address / BYTES))
  }

  /** One access, which is whole or none. */
  #once(done: 'read' | 'written', access: () => number): void {
    let count: number
    try {
      count = access()
    } catch (error) {
      throw this.#fault(done, (error as NodeJS.ErrnoException).code ?? 'unknown error')
    }
    if (count !== BYTES) throw new BusFault(`${count} of the 8 bytes were ${done}`, 'EIO')
  }

  #fault(done: 'read' | 'written', errno: string): Error {
    const what = `${this.name} cannot be ${done}`
    if (errno === 'EIO') return new BusFault(MSR_FAULTS[done], 'EIO')
    if (errno === 'ENXIO') return refusalError(what, explainCpuGone(this.#cpu, this.#system.now()))
    if (errno === 'EPERM') return refusalError(what, explainMsrWrite(this.#system.now()))
    return new BusFault(`nothing was ${done} (${errno})`, 'EIO')
  }
}
