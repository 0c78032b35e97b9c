import { RefusedError, RequestError } from '../base/errors.ts'
import { after, type Pending } from '../base/pending.ts'
import type { Value, Width } from '../base/width.ts'
import type { I2cEnd, I2cNode, I2cOpener } from '../engine/i2c-node.ts'
import { openingError } from '../engine/open-node.ts'
import type { Mode } from '../engine/source.ts'
import { i2cNode, listI2cBuses } from '../linux/i2c.ts'
import type { System } from '../linux/system.ts'
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
 * keeps in mind what it has set, such as a page of registers. Rejects with ENOPLACE for a bus that
 * there is not, and what /dev/i2c-N or the device is refused for.
 */
export async function openI2c(
  device: I2cDevice,
  mode: Mode,
  opener: I2cOpener,
  options: I2cOptions = {},
): Promise<I2cMemory> {
  const { bus } = device
  const node = await opener.openI2c(i2cNode(bus), mode)
  if ('errno' in node) {
    const { path, errno, cause } = node
    const refusal = await opener.look((system) => explainI2cOpen(errno, bus, system))
    throw openingError(path, mode, errno, refusal, cause)
  }
  try {
    checkNode(node, bus)
    const [functions, adapter, refused] = await Promise.all([
      node.functions(),
      opener.look((system) => adapterName(bus, system)),
      node.select(device.device),
    ])
    const known = { functions: checkFunctions(functions, device, adapter), adapter }
    const memory = new I2cMemory({ ...device, ...known, node, mode, opener, ...options })
    if (refused !== undefined) await memory.refuse(refused)
    return memory
  } catch (error) {
    await node.close()
    throw error
  }
}

/** The calls mean other things to other drivers. */
function checkNode({ path, number }: I2cNode, bus: number): void {
  const expected = `${I2C_MAJOR}:${bus}`
  if (number === expected) return
  const reason = `it is not the node of I2C bus ${bus}: its device number is ${number}, expected ${expected}`
  throw refusalError(path, { code: 'EREFUSED', reason })
}

function checkFunctions(
  functions: number | { refused: string },
  { name, registerBits }: I2cDevice,
  adapter: string,
): number {
  if (typeof functions !== 'number') {
    const reason = `${adapter} does not report what it supports (${functions.refused})`
    throw refusalError(`${name} cannot be reached`, { code: 'EREFUSED', reason })
  }
  if (registerBits === 16 && (functions & I2C_FUNC_I2C) === 0) {
    const reason = `${adapter} makes only SMBus transactions, in which the address of a register has 8 bits`
    throw refusalError(`${name} cannot be reached`, { code: 'EREFUSED', reason })
  }
  return functions
}

interface OpenDevice extends I2cDevice, I2cOptions {
  node: I2cNode
  /** I2C_FUNC_*. */
  functions: number
  adapter: string
  mode: Mode
  opener: I2cOpener
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
  readonly #last: number
  protected readonly bus: Bus

  constructor(device: OpenDevice) {
    super()
    const { name, registerBits, mode } = device
    this.name = name
    this.#device = device
    this.#last = 2 ** registerBits - 1
    this.bus = {
      ...systemClock,
      name,
      misalignment: 'any',
      readOnly: mode === 'read',
      widths: [8, 16, 32],
      load: (register, width) => this.#load(register, width),
      store: (register, width, value) => this.#store(register, width, value),
    }
  }

  /** Registers are wholes of their own, whatever their numbers and widths. */
  override get misalignment(): 'any' {
    return 'any'
  }

  override async prepare(program: Program): Promise<void> {
    await super.prepare(program)
    const { node, device } = this.#device
    const refused = await node.select(device)
    if (refused !== undefined) await this.refuse(refused)
  }

  /**
   * Rejects with why the device is refused.
   *
   * @internal
   */
  async refuse(errno: string): Promise<never> {
    const { name, bus, device, opener } = this.#device
    const refusal =
      errno === 'EBUSY'
        ? await opener.look((system) => ownedDevice(bus, device, system))
        : { code: 'EREFUSED' as const, reason: `the kernel answered ${errno}` }
    throw refusalError(`${name} cannot be reached`, refusal, { place: name, errno })
  }

  protected release(): Pending<void> {
    return this.#device.node.close()
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
      const message = `${this.name}: ${this.#device.adapter} makes only SMBus transactions, of 8 or 16 bits, not of ${width}`
      const cure = `use ${optionWord('width', 8)} or ${optionWord('width', 16)}`
      throw new RequestError('EWIDTH', message, { ...data, cure })
    }
    const ways =
      step.op === 'update'
        ? (['read', 'write'] as const)
        : ([isWriting(step) ? 'write' : 'read'] as const)
    for (const way of ways) {
      if ((this.#device.functions & SMBUS[way][width]) !== 0) continue
      const message = `${this.name}: ${this.#device.adapter} makes no transaction that ${way}s ${width} bits`
      throw new RefusedError('EREFUSED', message, data)
    }
  }

  get #isI2c(): boolean {
    return (this.#device.functions & I2C_FUNC_I2C) !== 0
  }

  #load(register: number, width: Width): Pending<Value> {
    const bytes = new Uint8Array(width / 8)
    return after(this.#transfer(register, bytes, true), () => getElement(viewOf(bytes), 0, width))
  }

  #store(register: number, width: Width, value: Value): Pending<void> {
    const bytes = new Uint8Array(width / 8)
    setElement(viewOf(bytes), 0, width, value)
    return this.#transfer(register, bytes, false)
  }

  /** One transaction. Fails with a BusFault, or EREFUSED_BUSY. */
  #transfer(register: number, bytes: Uint8Array, isRead: boolean): Pending<void> {
    const { node, device, registerBits } = this.#device
    const wide = registerBits === 16 ? [register >> 8, register & 0xff] : [register]
    const end = this.#isI2c
      ? this.#i2c(wide, bytes, isRead)
      : node.smbus(device, isRead, register, bytes)
    return after(end, (ended) => this.#checkEnd(ended))
  }

  #checkEnd(end: I2cEnd): Pending<void> {
    if (end === undefined) return
    if ('refused' in end) return this.refuse(end.refused)
    const { reason, unanswered } = explainI2cFault(end.failed, this.#device.device)
    throw new BusFault(reason, unanswered ? 'EFAULT_BUS' : 'EIO')
  }

  /** The address of a register goes out with its high byte first, as of all EEPROMs and sensors. */
  #i2c(register: readonly number[], bytes: Uint8Array, isRead: boolean): Pending<I2cEnd> {
    const { node, device } = this.#device
    return isRead
      ? node.transfer(device, Uint8Array.from(register), bytes)
      : node.transfer(device, Uint8Array.of(...register, ...bytes), new Uint8Array(0))
  }
}

function adapterName(bus: number, { files }: System): string {
  const name = listI2cBuses(files).find(({ number }) => number === bus)?.name
  return name ? `the adapter (${printable(name)})` : 'the adapter'
}
