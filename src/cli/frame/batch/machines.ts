import { after, type Pending } from '../../../base/pending.ts'
import type { Mode } from '../../../engine/source.ts'
import { isConnected } from '../../../machine/facilities.ts'
import type { Memory } from '../../../memory/memory.ts'
import type { OpenedMachine, OpenMachine, OpenMachineOptions } from '../opened-machines.ts'

export interface SharedMachinesOptions {
  /**
   * Whether what is lost, or did not open, is opened anew for the next line, and told: for lines that a
   * person gives one after the other.
   */
  anew?: (target: string) => void
}

/** The machines of several lines: each is opened once, and closed with the last. */
export class SharedMachines {
  readonly #open: OpenMachine
  readonly #anew: SharedMachinesOptions['anew']
  readonly #machines = new Map<string, Pending<OpenedMachine>>()
  /** The same for a line, by what it asks for. */
  readonly #shared = new Map<string, Pending<OpenedMachine>>()
  /** A board that is opened again is another board: one for reading is the one for writing, too. */
  readonly #boards = new Map<string, Promise<Memory>>()

  constructor(open: OpenMachine, { anew }: SharedMachinesOptions = {}) {
    this.#open = open
    this.#anew = anew
  }

  /** As the OpenMachine that it was made with; a line does not close what the next may need. */
  readonly open: OpenMachine = (target, mode, options) => {
    if (this.#anew) return this.#openAnew(this.#anew, target, mode, options)
    const { actOnPorts, actOnI2c } = options
    const key = `${mode} ${actOnPorts} ${actOnI2c} ${target}`
    const known = this.#shared.get(key)
    if (known !== undefined) return known
    const shared = this.#share(target, mode, options)
    this.#shared.set(key, shared)
    if (shared instanceof Promise) this.#keep(key, shared)
    return shared
  }

  /** What is open is there at once for the lines after the first. */
  #keep(key: string, opening: Promise<OpenedMachine>): void {
    opening.then(
      (opened) => this.#shared.set(key, opened),
      () => {}, // Each line that asks for it says why.
    )
  }

  async #openAnew(
    tell: (target: string) => void,
    ...[target, mode, options]: Parameters<OpenMachine>
  ): Promise<OpenedMachine> {
    await this.#forgetLost(keyOf(target, mode, options), () => tell(target))
    return await this.#share(target, mode, options)
  }

  readonly #share: OpenMachine = (target, mode, options) => {
    const key = keyOf(target, mode, options)
    let machine = this.#machines.get(key)
    if (machine === undefined) {
      const openBoard = (file: string) => this.#openBoard(file, options.openBoard)
      machine = this.#open(target, mode, { ...options, openBoard })
      this.#machines.set(key, machine)
    }
    return after(machine, (opened) => lent(opened, mode))
  }

  async #forgetLost(key: string, tell: () => void): Promise<void> {
    const machine = this.#machines.get(key)
    if (machine === undefined) return
    const opened = await ifOpened(machine)
    if (opened !== undefined && !opened.isLost) return
    this.#machines.delete(key)
    if (opened === undefined) return
    tell()
    await opened.close?.().catch(() => {})
  }

  /** Opens what is of this machine anew for the next line: a path may be another file by then. */
  async renew(): Promise<void> {
    for (const machine of this.#machines.values()) {
      const opened = await ifOpened(machine)
      await opened?.renew?.()
    }
  }

  #openBoard(file: string, open: (file: string) => Promise<Memory>): Promise<Memory> {
    let board = this.#boards.get(file)
    if (board === undefined) {
      board = open(file)
      this.#boards.set(file, board)
      board.catch(() => this.#boards.delete(file))
    }
    return board
  }

  async close(): Promise<void> {
    for (const machine of await Promise.allSettled(this.#machines.values())) {
      if (machine.status === 'fulfilled') await machine.value.close?.()
    }
  }
}

/** Which of the machines it is: one far away is the same for both modes. */
function keyOf(target: string, mode: Mode, options: OpenMachineOptions): string {
  const way = isConnected(target) ? 'both' : mode
  const { actOnPorts, actOnI2c, sudo, keepS } = options
  return JSON.stringify([target, way, actOnPorts, actOnI2c, sudo, keepS])
}

async function ifOpened(machine: Pending<OpenedMachine>): Promise<OpenedMachine | undefined> {
  try {
    return await machine
  } catch {
    return undefined
  }
}

/** All that a machine is, but for its end, which is that of the lines together. */
function lent(machine: OpenedMachine, mode: Mode): OpenedMachine {
  const whole: { [Member in keyof Required<OpenedMachine>]: OpenedMachine[Member] } = {
    locate: (place, length, given = mode) => machine.locate(place, length, given),
    facts: machine.facts?.bind(machine),
    trials: machine.trials?.bind(machine),
    asking: machine.asking?.bind(machine),
    sysfs: machine.sysfs?.bind(machine),
    caches: machine.caches?.bind(machine),
    locks: machine.locks?.bind(machine),
    get isLost() {
      return machine.isLost
    },
    renew: undefined,
    close: undefined,
  }
  return whole
}
