import { accessSync, constants } from 'node:fs'
import { RefusedError, RequestError } from '../errors.ts'
import type { WindowStretch } from '../memory/local/map-window.ts'
import type { Mode } from '../memory/local/source.ts'
import type { Window } from '../memory/local/window.ts'
import type { Memory } from '../memory/memory.ts'
import { formatPlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { onSimulatedBoard, parseTarget, type Target } from '../place/target.ts'
import { find } from './find.ts'
import type { Found, Notify, Opened } from './found.ts'
import { isMapped, openMappedSource } from './resolve/mapped.ts'
import { isPhysical, openThePhysical, physicalStretch } from './resolve/physical.ts'

/** A place, resolved: which memory, and which address in it. */
export interface Location {
  memory: Memory
  address: number
  /** Bytes from the address to the end of what was named, where that ends before the memory does. */
  length?: number | undefined
}

export interface MachineOptions {
  /** The folder that stands for `/`, for recorded machines. Default `/`. */
  root?: string
  /** Told once for each way that was taken to some memory, and why. */
  notify?: Notify
  /** Allows blocks over ranges of I/O ports, which act on devices. Default `false`. */
  actOnPorts?: boolean
  /** Opens a simulated board, for those who share it or want to know more of it. */
  openBoard?: (file: string) => Promise<Memory>
}

const PHYSICAL = 'physical'

/**
 * The machine whose memory a target names: opens each of its memories once, when a place in it is
 * first located, and closes them together.
 */
export class Machine {
  readonly target: Target
  readonly #mode: Mode
  readonly #root: string
  readonly #notify: Notify
  readonly #actOnPorts: boolean
  readonly #openBoard: (file: string) => Promise<Memory>
  /** In the order in which they were opened: a later one may stand on an earlier one. */
  readonly #memories = new Map<string, Promise<Opened>>()

  /** Memories are opened for `mode`; a machine that is only read needs fewer rights. */
  constructor(target: string, mode: Mode, options: MachineOptions = {}) {
    this.target = parseTarget(target)
    this.#mode = mode
    this.#root = options.root ?? '/'
    this.#notify = options.notify ?? (() => {})
    this.#actOnPorts = options.actOnPorts ?? false
    this.#openBoard = options.openBoard ?? openSimulated
  }

  /**
   * Opens what the place is in. Nothing is accessed. Rejects when it does not exist or is refused;
   * with ERANGE, and before anything is opened, when there is no room for `bytes` bytes at it.
   */
  async locate(place: Place, bytes = 1): Promise<Location> {
    const { key, open, ...where } = await this.#find(place, bytes)
    const { memory } = await this.#once(key, open)
    return { memory, ...where }
  }

  /**
   * For a place that was located for reading: throws EPERMISSION when this user may not write what
   * it is in, and EREFUSED when that cannot be told without an access.
   */
  async checkWritable(place: Place): Promise<void> {
    const { key } = await this.#find(place, 1)
    const source = (await this.#memories.get(key))?.source
    if (source === undefined) return // A simulated board, or what only an access can tell.
    try {
      accessSync(`/proc/self/fd/${source.fd}`, constants.W_OK)
    } catch (cause) {
      const { code: errno = 'unknown error' } = cause as NodeJS.ErrnoException
      const message = `${source.name} cannot be written by this user (${errno})`
      throw new RefusedError('EPERMISSION', message, { place: source.name, errno }, { cause })
    }
    if (place.scheme === 'file' && source.length === undefined) {
      const message = `${source.name} is a device node: only an access tells whether it can be mapped`
      throw new RefusedError('EREFUSED', message, { place: source.name })
    }
  }

  async close(): Promise<void> {
    const memories = await Promise.allSettled(this.#memories.values())
    this.#memories.clear()
    for (const opened of memories.reverse()) {
      if (opened.status === 'fulfilled') await opened.value.memory.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #find(place: Place, bytes: number): Promise<Found> | Found {
    // Files are files, whatever the target is.
    if (this.target.kind === 'sim' && place.scheme !== 'file') {
      return findSimulated(place, this.target.board, this.#openBoard)
    }
    return find(place, bytes, {
      mode: this.#mode,
      root: this.#root,
      notify: this.#notify,
      actOnPorts: this.#actOnPorts,
      physical: () => this.#physical(),
    })
  }

  async #physical(): Promise<Memory> {
    const open = async () => openThePhysical(this.#mode, this.#root, this.#notify)
    return (await this.#once(PHYSICAL, open)).memory
  }

  #once(key: string, open: () => Promise<Opened>): Promise<Opened> {
    let opened = this.#memories.get(key)
    if (!opened) {
      opened = open()
      this.#memories.set(key, opened)
    }
    return opened
  }
}

async function openSimulated(file: string): Promise<Memory> {
  const { openSim } = await import('../memory/sim/index.ts')
  return openSim(file)
}

function findSimulated(
  place: Place,
  board: string,
  openBoard: (file: string) => Promise<Memory>,
): Found {
  return {
    key: PHYSICAL,
    address: onSimulatedBoard(place).offset,
    open: async () => ({ memory: await openBoard(board) }),
  }
}

/**
 * Maps `length` bytes of this machine's memory, `offset` bytes behind a place, as a window. Rejects
 * with ERANGE when not all of it is in what the place names; with EUSAGE for a place whose bytes are
 * not in one piece: those of a process, of the kernel, and I/O ports.
 */
export async function openWindow(
  place: Place,
  { address: offset, length, access = 'auto' }: WindowStretch,
  mode: Mode,
  root = '/',
): Promise<Window> {
  if (isMapped(place)) {
    const { mapSource } = await import('../memory/local/map-window.ts')
    const source = await openMappedSource(place, mode, root)
    return mapSource(source, { address: place.offset + offset, length, access })
  }
  if (!isPhysical(place)) {
    throw new RequestError(
      'EUSAGE',
      `${formatPlace(place)} cannot be mapped as a window: open() reads and writes it`,
      { input: formatPlace(place) },
    )
  }
  const { address } = await physicalStretch(place, offset + length, root)
  const { mapPhysical } = await import('../memory/local/route/physical-window.ts')
  return mapPhysical({ address: address + offset, length, access }, mode, root)
}
