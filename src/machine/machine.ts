import { RequestError } from '../base/errors.ts'
import type { Mode } from '../engine/source.ts'
import type { WindowStretch } from '../engine/windows/map-window.ts'
import type { Window } from '../engine/windows/window.ts'
import type { Memory } from '../memory/memory.ts'
import { formatPlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { onSimulatedBoard, parseTarget, type Target } from '../place/target.ts'
import type { Found, Notify, Opened } from './found.ts'
import { find } from './local/find.ts'
import { isMapped, openMappedSource } from './local/resolve/mapped.ts'
import { openThePhysical } from './local/resolve/physical.ts'
import { isPhysical, physicalStretch } from './local/resolve/stretch.ts'

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
 * Maps `length` bytes of this machine's memory, `address` bytes behind a place, as a window; without
 * a length all that the place has from there. Rejects with ERANGE when not all of it is in what the place names; with EUSAGE for a place whose bytes are
 * not in one piece: those of a process, of the kernel, and I/O ports.
 */
export async function openWindow(
  place: Place,
  {
    address: offset,
    length,
    access = 'auto',
  }: Omit<WindowStretch, 'length'> & { length?: number | undefined },
  mode: Mode,
  root = '/',
): Promise<Window> {
  if (isMapped(place)) {
    const { mapSource } = await import('../engine/windows/map-window.ts')
    const source = await openMappedSource(place, mode, root)
    const address = place.offset + offset
    const bytes = length ?? rest(source.length, address)
    if (bytes !== undefined) return mapSource(source, { address, length: bytes, access })
    source.close()
    throw endless(place, offset)
  }
  if (!isPhysical(place)) {
    throw new RequestError(
      'EUSAGE',
      `${formatPlace(place)} cannot be mapped as a window: open() reads and writes it`,
      { input: formatPlace(place) },
    )
  }
  const stretch = await physicalStretch(place, offset + (length ?? 1), root)
  const bytes = length ?? rest(stretch.length, offset)
  if (bytes === undefined) throw endless(place, offset)
  const { mapPhysical } = await import('../ways/route/physical-window.ts')
  const at = stretch.address + offset
  return await mapPhysical({ address: at, length: bytes, access }, mode, root)
}

/** Bytes from an offset to the end; `undefined` where there is none. */
function rest(length: number | undefined, offset: number): number | undefined {
  return length === undefined ? undefined : length - offset
}

function endless(place: Place, bytes: number): RequestError {
  const from = formatPlace({ ...place, offset: place.offset + bytes })
  const message = `how much of ${from} is to be mapped is missing: it has no end, so that a window of it needs a length`
  return new RequestError('EUSAGE', message, { input: from })
}
