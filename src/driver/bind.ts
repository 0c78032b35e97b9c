import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { PhysmemError, RequestError } from '../base/errors.ts'
import { stopRuns } from '../engine/run-on-thread.ts'
import { systemAt } from '../engine/system-at.ts'
import type { LocalSystem } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import { parsePciAddress } from '../place/schemes/pci.ts'
import { checkKind } from '../text/options.ts'
import { pciPlaceName } from '../text/place-name.ts'
import { actHere } from './acts.ts'
import { atEnd } from './at-end.ts'
import { type BindOptions, checkBinding } from './bind-options.ts'
import { giveBack, plan, type Rebinding, take, uioOf, whatFails } from './rebind.ts'

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
  readonly #rebinding: Rebinding
  readonly #system: LocalSystem
  readonly #forget: () => void
  #open = true

  /** @internal Made by `bindDriver`. Takes the function from its driver, and gives it to the new one. */
  constructor(rebinding: Rebinding, system: LocalSystem) {
    this.address = rebinding.address
    this.driver = rebinding.driver
    this.previous = rebinding.previous
    this.#rebinding = rebinding
    this.#system = system
    actHere(take(rebinding), system)
    this.#forget = atEnd(() => this.#restoreAtEnd())
  }

  /** N of the /dev/uioN that the driver made; `undefined` where it makes none. */
  get uio(): number | undefined {
    return uioOf(this.address, this.#system)
  }

  /**
   * Gives the function back. Does nothing when it is gone, or when somebody bound it to another
   * driver meanwhile. Throws a RefusedError that says how to do it by hand.
   */
  close(): void {
    if (!this.#open) return
    this.keep()
    actHere(giveBack(this.#rebinding), this.#system)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Leaves the function with its new driver for good. */
  keep(): void {
    this.#open = false
    this.#forget()
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
  checkBinding(driver, options)
  checkKind('system', system, SYSTEM)
  const { force = false } = options
  const device = parsePciAddress(address)
  if (!isMainThread) {
    const message = `${whatFails(device, driver)} ${IN_WORKER}`
    throw new RequestError('EUSAGE', message, { place: pciPlaceName(device) })
  }
  const rebinding = plan(device, driver, force, system.now())
  return new Binding(rebinding, system)
}

/** Node tells a worker neither of signals nor of its end by terminate() (worker_threads, `process`). */
const IN_WORKER =
  'in a worker, which could not give it back when a signal or terminate() ends it: bind it in the main thread; a worker can open what is bound'
