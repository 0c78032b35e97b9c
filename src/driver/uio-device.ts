import { closeSync, writeSync } from 'node:fs'
import { basename } from 'node:path'
import { errnoName } from '../base/errno.ts'
import {
  AccessError,
  ConditionError,
  PhysmemError,
  RefusedError,
  RequestError,
} from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import { openNode } from '../engine/open-node.ts'
import { MODES, type Mode } from '../engine/source.ts'
import { systemAt } from '../engine/system-at.ts'
import { mapSource } from '../engine/windows/map-window.ts'
import type { Window } from '../engine/windows/window.ts'
import type { Files } from '../linux/files.ts'
import { pciDriver, pciExists } from '../linux/pci.ts'
import { readLine } from '../linux/read.ts'
import type { LocalSystem } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import { type UioEntry, type UioMap, uioIdentity } from '../linux/uio.ts'
import { findUio, uioName } from '../linux/uio-find.ts'
import { refusalError } from '../refusal/error.ts'
import { explainInterrupts } from '../refusal/uio.ts'
import { checkKind, checkOptions, type OptionKinds, type Shape } from '../text/options.ts'
import { openUio } from '../ways/uio.ts'
import { CommandRegister, unmaskLine } from './command-register.ts'
import { type Interrupt, InterruptQueue, type InterruptSource, openCounted } from './interrupts.ts'

export interface InterruptsOptions {
  /** Ends the iteration, without an error. */
  signal?: AbortSignal
}

export interface WaitForInterruptOptions {
  /** At most 2^31 - 1: 24 days. */
  timeoutMs: number
  /** Stops the wait: rejects with EABORT. */
  signal?: AbortSignal
}

export interface MapOptions {
  /** First byte of the window, from the start of the map. Default 0. */
  address?: number
  /** Default: to the end of the map. */
  length?: number
  /** `read` maps read-only. Default `write`. */
  mode?: Mode
}

const WAIT_OPTIONS: OptionKinds<WaitForInterruptOptions> = {
  timeoutMs: 'number',
  signal: 'AbortSignal',
}

/** A device or a map. */
const UIO_NAME: Shape = {
  expected: 'a number or a name',
  is: (value) => typeof value === 'number' || typeof value === 'string',
}

const MAP_OPTIONS: OptionKinds<MapOptions> = { address: 'number', length: 'number', mode: MODES }

/** What a timer can take. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

/** An open UIO device: its interrupts, and windows of its maps. */
export class UioDevice implements Disposable {
  /** N of /dev/uioN. */
  readonly number: number
  readonly name: string
  readonly maps: readonly UioMap[]
  /** The PCI function behind it: `0000:00:04.0`; `undefined` for another kind of device. */
  readonly pci: string | undefined
  /** Another device may get the number of one that is gone. */
  readonly #node: string | undefined
  readonly #fd: number
  readonly #system: LocalSystem
  readonly #interrupts: InterruptQueue
  #command: CommandRegister | undefined
  #isSwitched = true
  #isOpen = true

  /** @internal Made by `openUioDevice`. */
  constructor({ number, name, maps }: UioEntry, system: LocalSystem) {
    this.number = number
    this.name = name
    this.maps = maps
    this.#system = system
    this.pci = pciBehind(number, system.files)
    this.#node = uioIdentity(number, system.files)
    const counted = () => Number(readLine(system.files, `/sys/class/uio/uio${number}/event`)) >>> 0
    const openFd = () => openNode(system.at(`/dev/uio${number}`), 'write').fd
    const { fd, count } = openCounted(openFd, counted, closeSync)
    this.#fd = fd
    const source: InterruptSource = {
      name: `uio${number}`,
      fd: this.#fd,
      counted,
      enable: () => this.#enable(),
      explain: (errno) => this.#explain('wait for an interrupt of', errnoName(errno)),
    }
    this.#interrupts = new InterruptQueue(source, count)
  }

  /**
   * Interrupts as they come. Before each wait the interrupt is let through, since drivers mask it
   * when it comes: what makes the device raise it must be dealt with before the next turn. Ends by
   * `break`, `signal` or `close()`. Throws EREFUSED when the device has no interrupt, EIO when it
   * goes away, and EUSAGE while somebody else waits.
   */
  async *interrupts(options: InterruptsOptions = {}): AsyncGenerator<Interrupt, void, undefined> {
    checkOptions<InterruptsOptions>('interrupts', options, { signal: 'AbortSignal' })
    const { signal } = options
    for (;;) {
      const interrupt = await this.#next(signal)
      if (interrupt === undefined) return
      yield interrupt
    }
  }

  /** One interrupt. Rejects with ETIMEOUT when none comes in time, and otherwise as `interrupts`. */
  async waitForInterrupt(options: WaitForInterruptOptions): Promise<Interrupt> {
    checkOptions('waitForInterrupt', options, WAIT_OPTIONS, '{ timeoutMs: 1000 }')
    const { timeoutMs, signal } = options
    const name = `uio${this.number}`
    if (!(timeoutMs >= 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
      const expected = `expected 0 to ${MAX_TIMEOUT_MS} ms`
      throw new RequestError('ERANGE', `a time-out of ${timeoutMs}: ${expected}`, { place: name })
    }
    const interrupt = await this.#next(signal, timeoutMs)
    if (interrupt !== undefined) return interrupt
    if (!this.#isOpen) throw new RefusedError('ECLOSED', `${name} is closed`, { place: name })
    if (signal?.aborted) {
      const message = `the wait for an interrupt of ${name} was stopped`
      throw new ConditionError('EABORT', message, { place: name })
    }
    const message = `no interrupt of ${name} came within ${timeoutMs} ms`
    throw new ConditionError('ETIMEOUT', message, { place: name })
  }

  /** `undefined` when the signal, the time or `close()` came before. */
  async #next(signal?: AbortSignal, timeoutMs?: number): Promise<Interrupt | undefined> {
    if (signal?.aborted) return undefined
    const wait = this.#interrupts.next()
    const stop = () => this.#interrupts.stop(wait)
    const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs)
    signal?.addEventListener('abort', stop)
    try {
      return await wait
    } catch (error) {
      // It was made when the thread told of it: made once more, it has its caller's stack.
      throw error instanceof PhysmemError ? retell(error, { freshStack: true }) : error
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    }
  }

  /** A window of one map, by number or name. Throws as `mapWindow` rejects. */
  mapWindow(map: number | string = 0, options: MapOptions = {}): Window {
    checkOptions('mapWindow', options, MAP_OPTIONS)
    checkKind('map', map, UIO_NAME)
    const { address = 0, length, mode = 'write' } = options
    const source = openUio({ device: this.number, map }, mode, this.#system)
    return mapSource(source, { address, length: length ?? (source.length ?? 0) - address })
  }

  /** Ends all waits. Windows stay. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#interrupts.close()
    this.#command?.close()
    closeSync(this.#fd)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /**
   * Lets the interrupt through: writes 1 (drivers/uio/uio.c, uio_write()). A driver without such a
   * switch answers ENOSYS: of uio_pci_generic, the line is then let through in the PCI function
   * itself; any other has nothing to switch.
   */
  #enable(): void {
    if (this.#isSwitched && this.#switchOn()) return
    if (this.pci === undefined || pciDriver(this.pci, this.#system.files) !== 'uio_pci_generic')
      return
    this.#command ??= new CommandRegister(this.pci, this.#system)
    unmaskLine(this.#command)
  }

  /** Whether the driver has a switch. */
  #switchOn(): boolean {
    try {
      writeSync(this.#fd, Buffer.from(Int32Array.of(1).buffer))
      return true
    } catch (cause) {
      const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
      if (errno !== 'ENOSYS') throw this.#explain('let an interrupt through of', errno)
      this.#isSwitched = false
      return false
    }
  }

  #explain(what: string, errno: string): PhysmemError {
    const { number, name } = this
    const refusal = explainInterrupts(errno, uioIdentity(number, this.#system.files) === this.#node)
    const message = `cannot ${what} uio${number} (${name})`
    const data = { place: `uio:uio${number}`, errno }
    if (refusal.code !== 'EIO') return refusalError(message, refusal, data)
    return new AccessError('EIO', `${message}: ${refusal.reason}`, data)
  }
}

/**
 * Opens a UIO device by number (`0`, `'uio0'`) or by the name that its driver gave it. Needs root,
 * as /dev/uioN is made. Rejects with a RequestError (ENOPLACE) unless there is exactly one, and
 * with a RefusedError where it may not be opened. Closed by `close()` or `using`.
 */
export function openUioDevice(which: number | string): Promise<UioDevice>
/** @internal Of a machine that this is not. */
export function openUioDevice(which: number | string, system: LocalSystem): Promise<UioDevice>
export async function openUioDevice(
  which: number | string,
  system: LocalSystem = systemAt(),
): Promise<UioDevice> {
  checkKind('system', system, SYSTEM)
  checkKind('which', which, UIO_NAME)
  const number = typeof which === 'number' ? which : /^(?:uio)?(\d{1,9})$/.exec(which)?.[1]
  const wanted = number === undefined ? which : Number(number)
  return new UioDevice(findUio(wanted, `uio:${uioName(wanted)}`, system.files), system)
}

function pciBehind(number: number, files: Files): string | undefined {
  const device = files.real(`/sys/class/uio/uio${number}/device`)
  const address = device === undefined ? undefined : basename(device)
  return address !== undefined && pciExists(address, files) ? address : undefined
}
