import { closeSync } from 'node:fs'
import { errnoName } from '../base/errno.ts'
import { RefusedError, RequestError } from '../base/errors.ts'
import type { Value, Width } from '../base/width.ts'
import { type I2cCalls, loadAddon } from '../engine/addon.ts'
import { openNode } from '../engine/open-node.ts'
import type { Mode } from '../engine/source.ts'
import { deviceName } from '../linux/device-name.ts'
import { listI2cBuses } from '../linux/i2c.ts'
import type { LocalSystem } from '../linux/system.ts'
import { checkLimits } from '../memory/bounds.ts'
import { BusMemory } from '../memory/bus-memory.ts'
import { systemClock } from '../memory/clock.ts'
import { getElement, setElement, viewOf } from '../memory/elements.ts'
import { type Bus, BusFault } from '../memory/interpreter.ts'
import type { Program } from '../memory/program.ts'
import { elementCount, isWriting, type Step } from '../memory/step.ts'
import { refusalError } from '../refusal/error.ts'
import { explainI2cFault, explainI2cOpen, ownedDevice } from '../refusal/i2c.ts'
import { formatHex } from '../text/number.ts'
import { printable } from '../text/refuse.ts'
import { optionWord } from '../wording/command-line.ts'

/** Which device, and how its registers are addressed. */
export interface I2cDevice {
  /** How a person names it: `i2c:1:0x48`. */
  name: string
  /** The N of /dev/i2c-N. */
  bus: number
  /** Its address on the bus, 7 bits. */
  device: number
  /** Bits of the addresses of its registers. */
  registerBits: 8 | 16
}

export interface I2cOptions {
  /**
   * Allows blocks over rising registers. Default `false`: an access may act on the device. A block of
   * one fixed register is always allowed.
   */
  blocks?: boolean
  /** In place of those of the engine, which are only for nodes of I2C. */
  calls?: I2cCalls
}

/** include/uapi/linux/i2c.h */
const I2C_FUNC_I2C = 0x0000_0001
const SMBUS = {
  read: { 8: 0x0008_0000, 16: 0x0020_0000 },
  write: { 8: 0x0010_0000, 16: 0x0040_0000 },
} as const
/** include/uapi/linux/major.h */
const I2C_MAJOR = 89

/**
 * The registers of an I2C device, through /dev/i2c-N; an address is that of a register. An access is
 * one transaction: of the bus itself (I2C_RDWR: the register's address, and behind a repeated start
 * the value), or where the adapter makes those of SMBus only, its byte or word data. Bytes of a
 * value are in the order of the wire: the first one is the lowest.
 *
 * A device that a driver of the kernel has is refused, and there is no way around that: the driver
 * keeps in mind what it has set, such as a page of registers. Throws ENOPLACE for a bus that there
 * is not, and what /dev/i2c-N or the device is refused for.
 */
export function openI2c(
  device: I2cDevice,
  mode: Mode,
  system: LocalSystem,
  options: I2cOptions = {},
): I2cMemory {
  const { bus } = device
  const path = system.at(`/dev/i2c-${bus}`)
  const { fd, status } = openNode(path, mode, (errno) => explainI2cOpen(errno, bus, system.now()))
  try {
    if (options.calls === undefined) checkNode(path, deviceName(status.rdev), bus)
    return new I2cMemory({ ...device, fd, mode, system, ...options })
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** The calls mean other things to other drivers. */
function checkNode(path: string, number: string, bus: number): void {
  const expected = `${I2C_MAJOR}:${bus}`
  if (number === expected) return
  const reason = `it is not the node of I2C bus ${bus}: its device number is ${number}, expected ${expected}`
  throw refusalError(path, { code: 'EREFUSED', reason })
}

interface OpenDevice extends I2cDevice, I2cOptions {
  fd: number
  mode: Mode
  system: LocalSystem
}

/**
 * Registers of an I2C device: 8, 16 and 32 bits at any register, each access one transaction. EWIDTH at
 * 64 bits, and at 32 where the adapter makes SMBus transactions only; EUSAGE for a block that was not
 * allowed; EREFUSED_BUSY where a driver has come to have the device.
 */
export class I2cMemory extends BusMemory {
  readonly name: string
  readonly length = undefined
  readonly #device: OpenDevice
  readonly #calls: I2cCalls
  readonly #adapter: string
  /** I2C_FUNC_*. */
  readonly #functions: number
  readonly #last: number
  protected readonly bus: Bus

  constructor(device: OpenDevice) {
    super()
    const { name, bus, registerBits, mode, system } = device
    this.name = name
    this.#device = device
    this.#calls = device.calls ?? loadAddon()
    this.#adapter = adapterName(bus, system)
    this.#last = 2 ** registerBits - 1
    this.#functions = this.#readFunctions()
    this.bus = {
      ...systemClock,
      name,
      misalignment: 'any',
      readOnly: mode === 'read',
      widths: [8, 16, 32],
      load: (register, width) => this.#load(register, width),
      store: (register, width, value) => this.#store(register, width, value),
    }
    this.#select()
  }

  /** Registers are wholes of their own, whatever their numbers and widths. */
  override get misalignment(): 'any' {
    return 'any'
  }

  override async prepare(program: Program): Promise<void> {
    await super.prepare(program)
    this.#select()
  }

  protected release(): void {
    closeSync(this.#device.fd)
  }

  protected check(program: Program): void {
    checkLimits(program, this.bus)
    for (const [index, step] of program.steps.entries()) this.#checkStep(step, index)
  }

  #checkStep(step: Step, index: number): void {
    if (!('address' in step)) return
    const { address } = step
    const data = { step: index, address }
    if (step.op === 'cache') {
      throw new RefusedError('EREFUSED', `${this.name}: an I2C device has no cache lines`, data)
    }
    const isFixed = 'stepping' in step && step.stepping === 'fixed'
    const count = isFixed ? 1 : elementCount(step)
    const last = address + count - 1
    if (last > this.#last) {
      const message = `${this.name} has no register ${formatHex(last)}: the last is ${formatHex(this.#last)}`
      throw new RequestError('ERANGE', message, data)
    }
    if (count > 1) this.#checkBlock(step, index)
    this.#checkFunction(step, index)
  }

  #checkBlock(step: Extract<Step, { width: Width }>, index: number): void {
    const { address, width } = step
    const data = { step: index, address, width }
    if (width > 8) {
      const message = `${this.name}: it is unknown where the next register of ${width} bits is: its number may be 1 or ${width / 8} higher`
      const cure = `name the registers one by one, or take ${optionWord('width', 8)}`
      throw new RequestError('EUSAGE', message, { ...data, cure })
    }
    if (this.#device.blocks) return
    const last = formatHex(address + elementCount(step) - 1)
    const verb = isWriting(step) ? 'writing' : 'reading'
    throw new RequestError(
      'EUSAGE',
      `registers ${formatHex(address)} to ${last} of ${this.name}: ${verb} a register may act on its device, so that no range is accessed unless that is asked for`,
      { ...data, cure: `name the registers one by one, or use ${optionWord('act-on-i2c')}` },
    )
  }

  /** Throws for what the adapter has no transaction for. */
  #checkFunction(step: Extract<Step, { width: Width }>, index: number): void {
    if (this.#isI2c) return
    const { address, width } = step
    const data = { step: index, address, width }
    if (width !== 8 && width !== 16) {
      const message = `${this.name}: ${this.#adapter} makes only SMBus transactions, of 8 or 16 bits, not of ${width}`
      const cure = `use ${optionWord('width', 8)} or ${optionWord('width', 16)}`
      throw new RequestError('EWIDTH', message, { ...data, cure })
    }
    const ways =
      step.op === 'update'
        ? (['read', 'write'] as const)
        : ([isWriting(step) ? 'write' : 'read'] as const)
    for (const way of ways) {
      if ((this.#functions & SMBUS[way][width]) !== 0) continue
      const message = `${this.name}: ${this.#adapter} makes no transaction that ${way}s ${width} bits`
      throw new RefusedError('EREFUSED', message, data)
    }
  }

  get #isI2c(): boolean {
    return (this.#functions & I2C_FUNC_I2C) !== 0
  }

  #readFunctions(): number {
    const functions = this.#calls.i2cFunctions(this.#device.fd)
    const { name } = this
    if (functions < 0) {
      const reason = `${this.#adapter} does not report what it supports (${errnoName(-functions)})`
      throw refusalError(`${name} cannot be reached`, { code: 'EREFUSED', reason })
    }
    if (this.#device.registerBits === 16 && (functions & I2C_FUNC_I2C) === 0) {
      const reason = `${this.#adapter} makes only SMBus transactions, in which the address of a register has 8 bits`
      throw refusalError(`${name} cannot be reached`, { code: 'EREFUSED', reason })
    }
    return functions
  }

  /**
   * Asked before each transaction: a driver may have come to have the device, also while a program
   * waits, and I2C_RDWR itself does not ask.
   */
  #select(): void {
    const { fd, bus, device, system } = this.#device
    const answer = this.#calls.i2cSelect(fd, device)
    if (answer === 0) return
    const errno = errnoName(-answer)
    const refusal =
      errno === 'EBUSY'
        ? ownedDevice(bus, device, system.now())
        : { code: 'EREFUSED' as const, reason: `the kernel answered ${errno}` }
    throw refusalError(`${this.name} cannot be reached`, refusal, { place: this.name, errno })
  }

  #load(register: number, width: Width): Value {
    const bytes = new Uint8Array(width / 8)
    this.#transfer(register, bytes, true)
    return getElement(viewOf(bytes), 0, width)
  }

  #store(register: number, width: Width, value: Value): void {
    const bytes = new Uint8Array(width / 8)
    setElement(viewOf(bytes), 0, width, value)
    this.#transfer(register, bytes, false)
  }

  /** One transaction. Throws a BusFault, or EREFUSED_BUSY. */
  #transfer(register: number, bytes: Uint8Array, isRead: boolean): void {
    const { fd, device, registerBits } = this.#device
    this.#select()
    const answer = this.#isI2c
      ? this.#i2c(
          registerBits === 16 ? [register >> 8, register & 0xff] : [register],
          bytes,
          isRead,
        )
      : this.#calls.i2cSmbus(fd, isRead, register, bytes)
    if (answer === 0) return
    const { reason, unanswered } = explainI2cFault(errnoName(-answer), device)
    throw new BusFault(reason, unanswered ? 'EFAULT_BUS' : 'EIO')
  }

  /** The address of a register goes out with its high byte first, as of all EEPROMs and sensors. */
  #i2c(register: readonly number[], bytes: Uint8Array, isRead: boolean): number {
    const { fd, device } = this.#device
    return isRead
      ? this.#calls.i2cTransfer(fd, device, Uint8Array.from(register), bytes)
      : this.#calls.i2cTransfer(fd, device, Uint8Array.of(...register, ...bytes), new Uint8Array(0))
  }
}

function adapterName(bus: number, { files }: LocalSystem): string {
  const name = listI2cBuses(files).find(({ number }) => number === bus)?.name
  return name ? `the adapter (${printable(name)})` : 'the adapter'
}
