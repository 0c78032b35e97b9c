import type { Pending } from '../../base/pending.ts'
import type { CacheControl } from '../../engine/addon.ts'
import type { Mode } from '../../engine/source.ts'
import type { LocalSystem } from '../../linux/system.ts'
import { isConnected } from '../../machine/facilities.ts'
import type { Facts } from '../../machine/machine.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Locator } from '../../operate/locator.ts'
import type { AgentLocks } from '../../remote/locks.ts'
import type { StopSignal } from '../../remote/session.ts'
import type { AgentSysfs } from '../../remote/sysfs.ts'
import type { Trials } from '../../remote/trials.ts'
import type { Asking } from '../../translate/asking.ts'

/** A machine that somebody has opened. */
export interface OpenedMachine extends Locator {
  /** Absent where the facts are those of this machine. */
  facts?: (() => Facts) | undefined
  trials?: (() => Trials) | undefined
  asking?: (() => Asking) | undefined
  /** Absent where files of sysfs are opened here. */
  sysfs?: (() => AgentSysfs) | undefined
  /** Absent where the caches are those of this machine, or none. */
  caches?: (() => CacheControl | undefined) | undefined
  /** Absent where the locks are those of this machine. */
  locks?: (() => AgentLocks) | undefined
  /** Whether the connection to it has ended, for good. */
  readonly isLost?: boolean | undefined
  /** Opens anew what is open on this machine; absent where others have it, too. */
  renew?: (() => Promise<void>) | undefined
  /** Absent where others, who have it too, close it. */
  close?: (() => Promise<void>) | undefined
}

/** What it makes of that which only a machine far away has. */
type FarPart = 'facts' | 'trials' | 'asking'
type Far = { [Part in FarPart]: ReturnType<NonNullable<OpenedMachine[Part]>> }

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
  /** Whether the program that leads there stays when a terminal sends Ctrl-C, or is closed. */
  outlives: boolean
  signal: StopSignal | undefined
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

/** Opens the machine of a target for a mode. */
type OpenMode = (mode: Mode) => Pending<OpenedMachine>

/** The machines of a target: one for each mode, opened once; one far away has one connection for both. */
export class OpenedMachines {
  readonly #isConnected: boolean
  readonly #opened = new Map<Mode | 'both', Pending<OpenedMachine>>()

  constructor(target: string) {
    this.#isConnected = isConnected(target)
  }

  of(mode: Mode, open: OpenMode): Pending<OpenedMachine> {
    const key = this.#isConnected ? 'both' : mode
    return this.#opened.get(key) ?? this.#openAs(key, mode, open)
  }

  #openAs(key: Mode | 'both', mode: Mode, open: OpenMode): Pending<OpenedMachine> {
    const opening = open(mode)
    this.#opened.set(key, opening)
    if (opening instanceof Promise) void this.#keep(key, opening)
    return opening
  }

  /** What is open is there at once for those who ask later. */
  async #keep(key: Mode | 'both', opening: Promise<OpenedMachine>): Promise<void> {
    try {
      this.#opened.set(key, await opening)
    } catch {} // Each who asks for it is told why.
  }

  /** What only a machine far away has. */
  async far<Part extends FarPart>(part: Part, open: OpenMode): Promise<Far[Part]> {
    const machine = await this.of('read', open)
    const made = machine[part]?.()
    if (made === undefined) throw new Error(`a machine far away has no ${part}`)
    return made as Far[Part]
  }

  close(): Pending<void> {
    if (this.#opened.size === 0) return
    const opened = [...this.#opened.values()]
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
