import type { Files } from './files.ts'
import { isThere, linkName, listFolder, listNumbered, readLine } from './read.ts'

/** An I2C bus: its adapter, from /sys/bus/i2c/devices/i2c-N. */
export interface I2cBus {
  /** The N of i2c-N and of /dev/i2c-N. */
  number: number
  /** What its driver calls the adapter: `SMBus I801 adapter at 0700`. */
  name: string
}

/** A device that the kernel knows on a bus, from /sys/bus/i2c/devices/N-00AA. */
export interface I2cClient {
  /** The kernel's name of it: `1-0048`. */
  id: string
  /** 7 bits. */
  address: number
  /** Its kind, as it was declared: `lm75`. */
  name: string
  /** The driver that has it; `undefined` where none has. */
  driver: string | undefined
}

const DEVICES = '/sys/bus/i2c/devices'

/** The node of a bus. */
export function i2cNode(bus: number): string {
  return `/dev/i2c-${bus}`
}

/** All buses, by rising number. */
export function listI2cBuses(files: Files): I2cBus[] {
  return listNumbered(files, DEVICES, 'i2c-').map((number) => ({
    number,
    name: readLine(files, `${DEVICES}/i2c-${number}/name`),
  }))
}

/** The devices of 7 bits that the kernel knows on a bus, by rising address. */
export function listI2cClients(bus: number, files: Files): I2cClient[] {
  return listFolder(files, DEVICES).flatMap((id) => {
    const digits = id.startsWith(`${bus}-`) ? /^\d+-00([0-7][0-9a-f])$/.exec(id)?.[1] : undefined
    if (digits === undefined) return []
    const folder = `${DEVICES}/${id}`
    const driver = linkName(files, `${folder}/driver`)
    return [{ id, address: Number(`0x${digits}`), name: readLine(files, `${folder}/name`), driver }]
  })
}

/** Whether the kernel has I2C: its core is built in, or its module loaded. */
export function hasI2c(files: Files): boolean {
  return isThere(files, '/sys/bus/i2c')
}

/** Whether the driver of /dev/i2c-N is there, and has this bus. */
export function hasI2cNode(bus: number, files: Files): boolean {
  return isThere(files, `/sys/class/i2c-dev/i2c-${bus}`)
}
