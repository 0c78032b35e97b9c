import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { type ShellLine, sentence, shell } from '../base/cure.ts'
import { PhysmemError, RefusedError, RequestError } from '../base/errors.ts'
import { stopRuns } from '../engine/run-on-thread.ts'
import { systemAt } from '../engine/system-at.ts'
import { SYSTEM } from '../linux/kinds.ts'
import { pciDriver, pciExists, pciFolder } from '../linux/pci.ts'
import { listFolder, listNumbered, readLine } from '../linux/read.ts'
import type { LocalSystem } from '../linux/system.ts'
import { parsePciAddress } from '../place/schemes/pci.ts'
import { explainBind, explainUnbind, noSuchDriver } from '../refusal/driver.ts'
import { refusalError } from '../refusal/error.ts'
import { noSuchFunction } from '../refusal/pci-function.ts'
import { checkKind, checkOptions } from '../text/options.ts'
import { pciPlaceName } from '../text/place-name.ts'
import { remedied } from '../wording/cure.ts'
import { atEnd } from './at-end.ts'
import { SysfsError, writeSysfs } from './sysfs.ts'
import { findUsers } from './users.ts'

export interface BindOptions {
  /** Also binds a function that is in use: a mounted disk, a network interface that is up. */
  force?: boolean
}

/**
 * A PCI function that is bound to a chosen driver. `close()` or `using` gives it back to the
 * driver that it had; so does the end of the process, also by SIGINT, SIGTERM and SIGHUP.
 */
export class Binding implements Disposable {
  /** The function, as the kernel writes it: `0000:00:04.0`. */
  readonly address: string
  readonly driver: string
  /** The driver that it had before; `undefined` when it had none. */
  readonly previous: string | undefined
  readonly #override: string
  readonly #system: LocalSystem
  readonly #forget: () => void
  #open = true
  /** Whether there is anything to put back. */
  #isChanged = false

  /** @internal Made by `bindDriver`. */
  constructor(address: string, driver: string, system: LocalSystem) {
    this.address = address
    this.driver = driver
    this.#system = system
    this.previous = pciDriver(address, system.files)
    this.#override = readLine(system.files, join(pciFolder(address), 'driver_override'))
    this.#forget = atEnd(() => this.#restoreAtEnd())
  }

  /** N of the /dev/uioN that the driver made; `undefined` where it makes none. */
  get uio(): number | undefined {
    return listNumbered(this.#system.files, join(pciFolder(this.address), 'uio'), 'uio')[0]
  }

  /**
   * Gives the function back. Does nothing when it is gone, or when somebody bound it to another
   * driver meanwhile. Throws a RefusedError that says how to do it by hand.
   */
  close(): void {
    if (!this.#open) return
    this.keep()
    try {
      this.#restore()
    } catch (cause) {
      throw this.#lost(cause)
    }
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Leaves the function with its new driver for good. */
  keep(): void {
    this.#open = false
    this.#forget()
  }

  /** @internal Takes the function from its driver, and gives it to the new one. */
  take(): void {
    const { address, driver, previous } = this
    if (previous === driver) return
    try {
      this.#write('driver_override', driver)
      this.#isChanged = true
      if (previous !== undefined) this.#writeDriver(previous, 'unbind')
    } catch (error) {
      throw this.#refused(error, explainUnbind(errnoOf(error), this.#system.now()))
    }
    try {
      this.#writeDriver(driver, 'bind')
    } catch (error) {
      throw this.#refused(error, explainBind(errnoOf(error), address, driver, this.#system.now()))
    }
  }

  #restore(): void {
    const { address, driver, previous } = this
    if (!this.#isChanged || !pciExists(address, this.#system.files)) return
    const now = pciDriver(address, this.#system.files)
    if (now !== undefined && now !== driver && now !== previous) return
    // drivers/base/driver.c, driver_set_override(): an empty line clears it.
    this.#write('driver_override', this.#override === '(null)' ? '\n' : this.#override)
    if (now === driver) this.#writeDriver(driver, 'unbind')
    if (previous !== undefined && now !== previous) this.#writeDriver(previous, 'bind')
  }

  #write(file: string, text: string): void {
    writeSysfs(this.#system.at(join(pciFolder(this.address), file)), text)
  }

  #writeDriver(driver: string, file: 'bind' | 'unbind'): void {
    writeSysfs(this.#system.at(join(DRIVERS, driver, file)), this.address)
  }

  /** Puts back what was done, and says why it ended; also when that fails. */
  #refused(error: unknown, refusal: ReturnType<typeof explainBind>): PhysmemError {
    const what = `${this.address} cannot be bound to ${this.driver}`
    const data = { errno: errnoOf(error), place: pciPlaceName(this.address) }
    const refused = refusalError(what, refusal, data, { cause: error })
    try {
      this.close()
      return refused
    } catch (lost) {
      if (!(lost instanceof PhysmemError)) throw lost
      const message = `${refused.message}; and ${lost.message}`
      const { data: lostData, remedy } = lost
      return new RefusedError(refused.code, message, lostData, { cause: error, remedy })
    }
  }

  #lost(cause: unknown): RefusedError {
    const { address, driver, previous } = this
    const back = previous === undefined ? 'taken from' : `given back to ${previous} from`
    const { code, reason } = explainUnbind(errnoOf(cause), this.#system.now())
    const message = `${address} could not be ${back} ${driver}: ${reason}`
    const cure = sentence`by hand: ${this.#byHand()}`
    const data = { errno: errnoOf(cause), place: pciPlaceName(address) }
    return new RefusedError(code, message, ...remedied({ cure }, data, { cause }))
  }

  #byHand(): ShellLine {
    const { address, driver, previous } = this
    const pci = '/sys/bus/pci'
    const override = this.#override === '(null)' ? '' : `${this.#override} `
    const lines = [
      `echo ${override}> ${pci}/devices/${address}/driver_override`,
      `echo ${address} > ${pci}/drivers/${driver}/unbind`,
      ...(previous === undefined ? [] : [`echo ${address} > ${pci}/drivers/${previous}/bind`]),
    ]
    return shell(lines.join('; '))
  }

  #restoreAtEnd(): void {
    // A program that went on would reach registers that the kernel's driver has by then.
    stopRuns()
    try {
      this.close()
    } catch (error) {
      if (!(error instanceof PhysmemError)) throw error
      writeSync(2, `physmem: ${error.message}\n  cure: ${error.data.cure}\n`)
    }
  }
}

/**
 * Binds a PCI function to a driver that the kernel has loaded, such as uio_pci_generic; the driver
 * that it had is taken off. `address` is `[DOMAIN:]BUS:DEVICE.FUNCTION`. Needs root, and the main
 * thread. The binding ends with `close()` or `using`, or with the process.
 *
 * Rejects with a RequestError when there is no such function or driver (ENOPLACE), or in a worker
 * (EUSAGE), which could not put it back at its end; and with a RefusedError: EREFUSED_BUSY when the function is in use, EPERMISSION, or EREFUSED when the driver
 * does not take it. The old driver is then bound as before.
 */
export function bindDriver(address: string, driver: string, options?: BindOptions): Promise<Binding>
/** @internal Of a machine that this is not. */
export function bindDriver(
  address: string,
  driver: string,
  options: BindOptions | undefined,
  system: LocalSystem,
): Promise<Binding>
export async function bindDriver(
  address: string,
  driver: string,
  options: BindOptions = {},
  system: LocalSystem = systemAt(),
): Promise<Binding> {
  checkOptions<BindOptions>('bindDriver', options, { force: 'boolean' })
  checkKind('system', system, SYSTEM)
  const { force = false } = options
  checkKind('driver', driver, 'string')
  const device = parsePciAddress(address)
  const what = `${device} cannot be bound to ${driver}`
  const data = { place: pciPlaceName(device) }
  if (!isMainThread) throw new RequestError('EUSAGE', `${what} ${IN_WORKER}`, data)
  if (!pciExists(device, system.files)) {
    throw new RequestError('ENOPLACE', noSuchFunction(device, system.now()), data)
  }
  const known = listFolder(system.files, DRIVERS)
  if (!known.includes(driver)) {
    const refusal = noSuchDriver(driver, known, system.now())
    throw refusalError(what, refusal, { ...data, curesMachine: true })
  }
  const [user, ...more] = findUsers(device, system.files)
  if (user && !force && pciDriver(device, system.files) !== driver) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`
    const cure = sentence`${user.cure}; with force, whoever uses it loses it at once`
    const reason = `it is in use: ${user.what}${others}`
    throw refusalError(what, { code: 'EREFUSED_BUSY', reason, cure }, data)
  }
  const binding = new Binding(device, driver, system)
  binding.take()
  return binding
}

/** Node tells a worker neither of signals nor of its end by terminate() (worker_threads, `process`). */
const IN_WORKER =
  'in a worker, which could not give it back when a signal or terminate() ends it: bind it in the main thread; a worker can open what is bound'

const DRIVERS = '/sys/bus/pci/drivers'

function errnoOf(error: unknown): string {
  if (error instanceof SysfsError) return error.errno
  throw error
}
