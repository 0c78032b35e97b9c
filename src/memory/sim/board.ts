import { RequestError } from '../../base/errors.ts'
import { type Value, WIDTHS, type Width } from '../../base/width.ts'
import { checkKind, WHOLE } from '../../text/options.ts'
import type { Clock } from '../clock.ts'
import { BusFault } from '../interpreter.ts'
import { unsigned, valueError } from '../value.ts'
import { Device } from './device.ts'
import { ConsoleRegister } from './registers/queues.ts'
import type { SimRegister } from './registers/register.ts'
import type { BoardDescription } from './schema.ts'
import { Storage } from './storage.ts'

/** One access that a board answered, or with `fault` one that it did not. */
export interface BoardAccess {
  direction: 'read' | 'write'
  address: number
  width: Width
  /** What was loaded or stored; absent for a load that faulted. */
  value?: Value
  fault?: true
}

export interface BoardOptions {
  /** Keeps every access in `accesses`. Default: false. */
  record?: boolean
  /** Called with each byte that a console register prints, and the register's name `device.NAME`. */
  onPrint?: (byte: number, register: string) => void
}

function checkPlace(address: number, width: Width): void {
  checkKind('address', address, WHOLE)
  checkKind('width', width, WIDTHS)
}

interface Region {
  base: number
  end: number
  part: Device | Storage
}

/** A simulated board: what answers at which address, and the state of it all. */
export class Board {
  readonly name: string
  readonly description: BoardDescription
  /** All accesses so far, in order, when `record` was asked for; otherwise empty. */
  readonly accesses: BoardAccess[] = []
  readonly #record: boolean
  readonly #regions: Region[] = []
  readonly #devices = new Map<string, Device>()

  constructor(description: BoardDescription, clock: Clock, options: BoardOptions = {}) {
    this.name = description.name
    this.description = description
    this.#record = options.record ?? false
    const surroundings = {
      nowUs: () => clock.nowUs(),
      print: (register: string, byte: number) => options.onPrint?.(byte, register),
      endian: description.endian,
    }
    for (const [name, region] of Object.entries(description.regions)) {
      const { base, size } = region
      const device = region.kind === 'device' && new Device(name, region, surroundings)
      if (device) this.#devices.set(name, device)
      const part = region.kind === 'device' ? (device as Device) : new Storage(name, region)
      this.#regions.push({ base, end: base + size, part })
    }
  }

  /** One load, with its side effects. Throws a BusFault. */
  load(address: number, width: Width): Value {
    checkPlace(address, width)
    const access: BoardAccess = { direction: 'read', address, width }
    return this.#access(access, ({ base, part }) => {
      access.value = part.load(address - base, width)
      return access.value
    })
  }

  /** One store. Throws a BusFault. */
  store(address: number, width: Width, value: Value): void {
    checkPlace(address, width)
    checkKind('value', value, 'value')
    const access: BoardAccess = { direction: 'write', address, width, value }
    this.#access(access, ({ base, part }) => part.store(address - base, width, value))
  }

  /** What the register `device.NAME` holds, without the side effects of a load. */
  peek(register: string): bigint {
    return this.#find(register).peek()
  }

  /**
   * Changes the register `device.NAME` as the hardware itself would; pushes, for a queue. Throws
   * EVALUE for a value that it does not hold.
   */
  poke(register: string, value: Value): void {
    const found = this.#find(register)
    const { width } = found.description
    const taken = unsigned(value, width)
    if (taken === undefined) throw valueError(value, width, 'value', { input: register })
    found.poke(BigInt(taken))
  }

  /** What was printed on the console register `device.NAME` so far. */
  text(register: string): string {
    return this.#console(register).text
  }

  /** Types a text (as UTF-8) into the console register `device.NAME`. */
  type(register: string, text: string): void {
    const target = this.#console(register)
    checkKind('text', text, 'string')
    for (const byte of new TextEncoder().encode(text)) target.poke(BigInt(byte))
  }

  /**
   * Which of `count` accesses, `stride` bytes apart, is the first that would not be answered, and why,
   * as far as that is known without making them: what a queue holds is not looked at.
   */
  foresee(
    direction: 'read' | 'write',
    {
      address,
      width,
      count,
      stride,
    }: Record<'address' | 'count' | 'stride', number> & {
      width: Width
    },
  ): { index: number; reason: string | undefined } | undefined {
    for (let index = 0; index < (stride === 0 ? 1 : count); index++) {
      const at = address + index * stride
      const region = this.#regionOf(at, width)
      if (region === undefined) return { index, reason: undefined }
      const reason = refusalOf(region, direction, at, width)
      if (reason !== undefined) return { index, reason }
      // What is true of one element of RAM or ROM is true of all.
      if (region.part instanceof Storage && stride > 0) {
        index += Math.floor((region.end - at) / stride) - 1
      }
    }
    return undefined
  }

  /**
   * Until when loads of an address give what a load now gives, by the board's clock, as long as nothing
   * else is accessed; in the past where already the next one may give another.
   */
  quietUntilUs(address: number, width: Width): number {
    checkPlace(address, width)
    const region = this.#regionOf(address, width)
    if (!(region?.part instanceof Device)) return Number.POSITIVE_INFINITY
    return region.part.quietUntilUs(address - region.base, width)
  }

  #regionOf(address: number, width: Width): Region | undefined {
    return this.#regions.find(({ base, end }) => base <= address && address + width / 8 <= end)
  }

  #access<T>(access: BoardAccess, act: (region: Region) => T): T {
    if (this.#record) this.accesses.push(access)
    try {
      const { direction, address, width } = access
      const region = this.#regionOf(address, width)
      if (region === undefined) throw new BusFault()
      const reason = refusalOf(region, direction, address, width)
      if (reason !== undefined) throw new BusFault(reason)
      return act(region)
    } catch (error) {
      access.fault = true
      throw error
    }
  }

  #find(register: string): SimRegister {
    checkKind('register', register, 'string')
    const [device = '', name = ''] = register.split('.')
    const block = this.#devices.get(device)
    block?.settle()
    const found = block?.registers.get(name)
    if (found) return found
    throw new RequestError('ENOPLACE', `${this.name} has no register "${register}"`, {
      input: register,
    })
  }

  #console(register: string): ConsoleRegister {
    const found = this.#find(register)
    if (found instanceof ConsoleRegister) return found
    const kind = found.description.kind
    throw new RequestError('EUSAGE', `${register} is a ${kind} register, not a console`, {
      input: register,
    })
  }
}

function refusalOf(
  { base, part }: Region,
  direction: 'read' | 'write',
  address: number,
  width: Width,
): string | undefined {
  return part.refusal(direction, address - base, width)
}
