import type { Value, Width } from '../../base/width.ts'
import { listed } from '../../text/listed.ts'
import { asValue } from '../elements.ts'
import { makeRegister } from './registers/make.ts'
import type { Block, SimRegister } from './registers/register.ts'
import type { DeviceDescription } from './schema.ts'

/** What all devices of a board share. */
export interface Surroundings {
  nowUs(): number
  print(register: string, byte: number): void
  endian: 'little' | 'big'
}

/** A block of registers. */
export class Device implements Block {
  readonly name: string
  readonly registers = new Map<string, SimRegister>()
  readonly #description: DeviceDescription
  readonly #surroundings: Surroundings
  readonly #bigEndian: boolean

  constructor(name: string, description: DeviceDescription, surroundings: Surroundings) {
    this.name = name
    this.#description = description
    this.#surroundings = surroundings
    this.#bigEndian = (description.endian ?? surroundings.endian) === 'big'
    for (const [key, register] of Object.entries(description.registers)) {
      this.registers.set(key, makeRegister(key, register, this))
    }
  }

  nowUs(): number {
    return this.#surroundings.nowUs()
  }

  register(name: string): SimRegister {
    return this.registers.get(name) as SimRegister
  }

  print(register: string, byte: number): void {
    this.#surroundings.print(`${this.name}.${register}`, byte)
  }

  /** Brings everything that runs by itself up to the present. */
  settle(): void {
    for (const register of this.registers.values()) register.settle()
  }

  /** Why it does not answer an access, as far as that is known without making it. */
  refusal(direction: 'read' | 'write', offset: number, width: Width): string | undefined {
    const { widths, holes } = this.#description
    if (!widths.includes(width)) return refuseWidth(this.name, widths)
    const reached = this.#reached(offset, width)
    for (const { register } of reached) {
      if (register.widths && !register.widths.includes(width)) {
        return refuseWidth(`${this.name}.${register.name}`, register.widths)
      }
    }
    const covered = reached.reduce((sum, { lanes }) => sum + lanes.length, 0)
    if (holes === 'fault' && covered < width / 8) {
      return `${this.name} has no register there (bus error)`
    }
    return reached.map(({ register }) => register.refusal(direction)).find((why) => why)
  }

  /** One load. It reaches each register under it once; bytes that no register has read as 0. */
  load(offset: number, width: Width): Value {
    this.settle()
    let value = 0n
    for (const { register, lanes } of this.#reached(offset, width)) {
      const read = register.read(maskOf(lanes))
      for (const { inRegister, inAccess } of lanes) {
        value |= ((read >> inRegister) & 0xffn) << inAccess
      }
    }
    return asValue(value, width)
  }

  /** One store. It reaches each register under it once, and there only the bytes it covers. */
  store(offset: number, width: Width, value: Value): void {
    this.settle()
    for (const { register, lanes } of this.#reached(offset, width)) {
      let part = 0n
      for (const { inRegister, inAccess } of lanes) {
        part |= ((BigInt(value) >> inAccess) & 0xffn) << inRegister
      }
      register.write(part, maskOf(lanes))
    }
  }

  /** Until when loads give what a load now gives: see `Board`. */
  quietUntilUs(offset: number, width: Width): number {
    this.settle()
    const reached = this.#reached(offset, width).map(({ register }) => register)
    if (reached.some((register) => register.loadChanges())) return Number.NEGATIVE_INFINITY
    const ends = [...this.registers.values()].map((register) => register.settlesUs())
    return Math.min(...ends, ...reached.map((register) => register.changesUs()))
  }

  #reached(offset: number, width: Width): Reached[] {
    return [...this.registers.values()]
      .map((register) => ({ register, lanes: this.#lanes(register, offset, width / 8) }))
      .filter(({ lanes }) => lanes.length > 0)
  }

  /** The bytes that an access and a register have in common, as shifts in each. */
  #lanes(register: SimRegister, offset: number, bytes: number): Lane[] {
    const start = register.description.offset
    const lanes: Lane[] = []
    const end = Math.min(offset + bytes, start + register.bytes)
    for (let at = Math.max(offset, start); at < end; at++) {
      const byte = this.#bigEndian ? register.bytes - 1 - (at - start) : at - start
      lanes.push({ inRegister: BigInt(byte * 8), inAccess: BigInt((at - offset) * 8) })
    }
    return lanes
  }
}

interface Lane {
  inRegister: bigint
  inAccess: bigint
}

interface Reached {
  register: SimRegister
  lanes: Lane[]
}

function maskOf(lanes: readonly Lane[]): bigint {
  return lanes.reduce((mask, { inRegister }) => mask | (0xffn << inRegister), 0n)
}

function refuseWidth(name: string, widths: readonly Width[]): string {
  return `${name} answers accesses of ${listed(widths, 'and')} bits only (bus error)`
}
