import type { Cure } from '../base/cure.ts'
import { parsePciAddress } from '../place/schemes/pci.ts'
import { actFar, type FarMachine } from './acts.ts'
import type { BindOptions } from './bind-options.ts'
import { giveBack, plan, type Rebinding, take } from './rebind.ts'

/** A machine far away on which functions are bound. */
export interface BindingMachine extends FarMachine {
  /** Whether what stores there is root. */
  readonly isRoot: boolean
  /** Aborts when the connection has ended. */
  readonly ended: AbortSignal
  /** Does what comes to its end, whatever signal arrives meanwhile. */
  undisturbed<T>(act: () => Promise<T>): Promise<T>
}

/**
 * A PCI function of a machine far away that is bound to a chosen driver. `close()` or `await using` gives
 * it back to the driver that it had; the end of this process does not, nor does that of the connection.
 */
export class FarBinding implements AsyncDisposable {
  readonly address: string
  readonly driver: string
  /** The driver that it had before; `undefined` when it had none. */
  readonly previous: string | undefined
  /** N of the /dev/uioN there that the driver made; `undefined` where it makes none. */
  readonly uio: number | undefined
  readonly #rebinding: Rebinding
  readonly #machine: BindingMachine
  #open = true

  /** @internal Made by `bindFar`. */
  constructor(rebinding: Rebinding, uio: number | undefined, machine: BindingMachine) {
    this.address = rebinding.address
    this.driver = rebinding.driver
    this.previous = rebinding.previous
    this.uio = uio
    this.#rebinding = rebinding
    this.#machine = machine
  }

  /** Aborts when the connection has ended: the function stays as it is. */
  get ended(): AbortSignal {
    return this.#machine.ended
  }

  /**
   * Gives the function back, as a `Binding` does. Rejects with ECONNECTION where the connection is lost,
   * and says what of it is known to be done.
   */
  async close(): Promise<void> {
    if (!this.#open) return
    this.keep()
    await this.#machine.undisturbed(() => actFar(giveBack(this.#rebinding), this.#machine))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Leaves the function with its new driver for good. */
  keep(): void {
    this.#open = false
  }
}

/**
 * Binds a PCI function of a machine far away to a driver that its kernel has loaded, as `bindDriver` does
 * on this one: everything is checked before the first write. Where the connection is lost (ECONNECTION),
 * the error says what is known to be done, what is not, and what puts it right.
 */
export async function bindFar(
  address: string,
  driver: string,
  { force = false }: BindOptions,
  machine: BindingMachine,
): Promise<FarBinding> {
  const device = parsePciAddress(address)
  const found = await machine.look((system) => plan(device, driver, force, system))
  const rebinding = machine.isRoot ? found : { ...found, asRoot: AS_ROOT }
  return await machine.undisturbed(async () => {
    const uio = await actFar(take(rebinding), machine)
    return new FarBinding(rebinding, uio, machine)
  })
}

const AS_ROOT: Cure = ['have the agent run as root: ', { option: 'sudo' }, ', or a login as root']
