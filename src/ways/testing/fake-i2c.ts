import type { I2cCalls } from '../../engine/addon.ts'
import { type I2cOpener, localI2c } from '../../engine/i2c-node.ts'
import type { LocalSystem } from '../../linux/system.ts'

/** include/uapi/linux/i2c.h */
export const I2C = 0x0000_0001
export const SMBUS = 0x0078_0000

/**
 * Devices with 256 registers of 8 bits that follow each other, and what went over their bus: `S` a
 * start, `Sr` a repeated one, `P` the end; addresses with `w` or `r`, bytes in the order of the wire.
 */
export class FakeI2c implements I2cCalls {
  readonly log: string[] = []
  readonly devices = new Map<number, Uint8Array>()
  /** Addresses that drivers have. */
  readonly owned = new Set<number>()
  /** What each transaction ends with, instead of being made; a positive errno. */
  errno = 0
  onTransaction: () => void = () => {}
  readonly #functions: number
  #selected = 0

  constructor(functions: number, ...devices: readonly number[]) {
    this.#functions = functions
    for (const address of devices) this.devices.set(address, new Uint8Array(0x1_0000))
  }

  i2cFunctions = (): number => this.#functions

  i2cSelect = (_fd: number, address: number): number => {
    if (this.owned.has(address)) return -16 // EBUSY
    this.#selected = address
    return 0
  }

  i2cTransfer = (_fd: number, address: number, out: Uint8Array, into: Uint8Array): number => {
    const device = this.#answer(address)
    if (typeof device === 'number') return device
    const isRead = into.length > 0
    const [high = 0, low = 0] = out
    const isWide = isRead ? out.length === 2 : this.wide
    const register = isWide ? high * 256 + low : high
    if (isRead) into.set(device.subarray(register, register + into.length))
    else device.set(out.subarray(isWide ? 2 : 1), register)
    const read = isRead ? ` Sr ${hex(address)}r ${bytes(into)}` : ''
    this.log.push(`S ${hex(address)}w ${bytes(out)}${read} P`)
    return 0
  }

  i2cSmbus = (_fd: number, isRead: boolean, command: number, data: Uint8Array): number => {
    const device = this.#answer(this.#selected)
    if (typeof device === 'number') return device
    if (isRead) data.set(device.subarray(command, command + data.length))
    else device.set(data, command)
    const size = data.length === 1 ? 'byte' : 'word'
    this.log.push(
      `${isRead ? 'read' : 'write'} ${size} ${hex(this.#selected)} ${hex(command)} ${bytes(data)}`,
    )
    return 0
  }

  /** Whether addresses of registers have 16 bits. */
  wide = false

  #answer(address: number): Uint8Array | number {
    if (this.errno !== 0) return -this.errno
    this.onTransaction()
    return this.devices.get(address) ?? -6 // ENXIO
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0')
}

function bytes(data: Uint8Array): string {
  return [...data].map(hex).join(' ')
}

/** Nodes of a system that stand for those of buses, with such calls behind them. */
export function fakeI2c(system: LocalSystem, calls: FakeI2c): I2cOpener {
  const opener = localI2c(system, calls)
  return {
    ...opener,
    openI2c: async (path, mode) => {
      const node = await opener.openI2c(path, mode)
      return 'errno' in node ? node : { ...node, number: `89:${path.replace(/.*-/, '')}` }
    },
  }
}
