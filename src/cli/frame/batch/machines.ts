import { after, type Pending } from '../../../base/pending.ts'
import { isConnected } from '../../../machine/facilities.ts'
import type { Memory } from '../../../memory/memory.ts'
import type { OpenedMachine, OpenMachine } from '../opened-machines.ts'

/** The machines of a batch: each is opened once, and closed with the batch. */
export class SharedMachines {
  readonly #open: OpenMachine
  readonly #machines = new Map<string, Pending<OpenedMachine>>()
  /** The same for a line, by what it asks for. */
  readonly #shared = new Map<string, Pending<OpenedMachine>>()
  /** A board that is opened again is another board: one for reading is the one for writing, too. */
  readonly #boards = new Map<string, Promise<Memory>>()

  constructor(open: OpenMachine) {
    this.#open = open
  }

  /** As the OpenMachine that it was made with; a line does not close what the next may need. */
  readonly open: OpenMachine = (target, mode, options) => {
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

  readonly #share: OpenMachine = (target, mode, options) => {
    const way = isConnected(target) ? 'both' : mode
    const { actOnPorts, actOnI2c, sudo, keepS } = options
    const key = JSON.stringify([target, way, actOnPorts, actOnI2c, sudo, keepS])
    let machine = this.#machines.get(key)
    if (machine === undefined) {
      const openBoard = (file: string) => this.#openBoard(file, options.openBoard)
      machine = this.#open(target, mode, { ...options, openBoard })
      this.#machines.set(key, machine)
    }
    return after(machine, (locator) => ({
      locate: (place, length, given = mode) => locator.locate(place, length, given),
      ...(locator.facts && { facts: locator.facts.bind(locator) }),
    }))
  }

  #openBoard(file: string, open: (file: string) => Promise<Memory>): Promise<Memory> {
    let board = this.#boards.get(file)
    if (board === undefined) {
      board = open(file)
      this.#boards.set(file, board)
    }
    return board
  }

  async close(): Promise<void> {
    for (const machine of await Promise.allSettled(this.#machines.values())) {
      if (machine.status === 'fulfilled') await machine.value.close?.()
    }
  }
}
