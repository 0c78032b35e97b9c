import type { Pending } from '../../base/pending.ts'
import type { Mode } from '../../engine/source.ts'
import type { LocalSystem } from '../../linux/system.ts'
import { isConnected } from '../../machine/facilities.ts'
import type { Facts } from '../../machine/machine.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Locator } from '../../operate/locator.ts'
import type { Trials } from '../../remote/trials.ts'
import type { Asking } from '../../translate/asking.ts'

/** A machine that somebody has opened. */
export interface OpenedMachine extends Locator {
  /** Absent where the facts are those of this machine. */
  facts?(): Facts
  trials?(): Trials
  asking?(): Asking
  /** Absent where others, who have it too, close it. */
  close?(): Promise<void>
}

export type OpenMachine = (
  target: string,
  mode: Mode,
  options: OpenMachineOptions,
) => Pending<OpenedMachine>

export interface OpenMachineOptions {
  system: LocalSystem
  notify: (text: string) => void
  actOnPorts: boolean
  actOnI2c: boolean
  /** Whether sudo starts the agent on the machine of the target. */
  sudo: boolean
  /** For how many seconds the connection is kept for later commands. */
  keepS: number | undefined
  signal: AbortSignal | undefined
  /** Opens a simulated board: the one in a file, or for an empty name the built-in one. */
  openBoard: (file: string) => Promise<Memory>
  /** Told what is run to reach the machine. */
  tellCommand: (argv: readonly string[]) => void
}

/** Opens the machine that a target names. */
export const openTarget: OpenMachine = async (target, mode, options) => {
  const { connect } = await import('../../machine/connect.ts')
  return connect(target, { mode, ...options })
}

/** The machines of a target: one for each mode, opened once; one far away has one connection for both. */
export class OpenedMachines {
  readonly #target: () => string
  readonly #open: (mode: Mode) => Pending<OpenedMachine>
  #opened: Map<Mode | 'both', Pending<OpenedMachine>> | undefined

  constructor(target: () => string, open: (mode: Mode) => Pending<OpenedMachine>) {
    this.#target = target
    this.#open = open
  }

  of(mode: Mode): Pending<OpenedMachine> {
    const key = isConnected(this.#target()) ? 'both' : mode
    this.#opened ??= new Map()
    const opened = this.#opened.get(key) ?? this.#open(mode)
    this.#opened.set(key, opened)
    return opened
  }

  /** Of a machine far away. */
  async facts(): Promise<Facts> {
    const machine = await this.of('read')
    if (machine.facts === undefined) throw new Error('a machine far away has no facts')
    return machine.facts()
  }

  /** Of a machine far away. */
  async trials(): Promise<Trials> {
    const machine = await this.of('read')
    if (machine.trials === undefined) throw new Error('a machine far away has no trials')
    return machine.trials()
  }

  /** Of a machine far away. */
  async asking(): Promise<Asking> {
    const machine = await this.of('read')
    if (machine.asking === undefined) throw new Error('a machine far away has no page tables')
    return machine.asking()
  }

  close(): Pending<void> {
    const opened = [...(this.#opened?.values() ?? [])]
    if (opened.some(isToClose)) return closeAll(opened)
  }
}

function isToClose(opened: Pending<OpenedMachine>): boolean {
  return opened instanceof Promise || opened.close !== undefined
}

async function closeAll(machines: readonly Pending<OpenedMachine>[]): Promise<void> {
  for (const opened of await Promise.allSettled(machines)) {
    if (opened.status === 'fulfilled') await opened.value.close?.()
  }
}
