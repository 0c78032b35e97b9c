import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { RefusedError, RequestError } from '../errors.ts'
import type { MapSource, Mode } from '../memory/local/source.ts'
import type { Memory } from '../memory/memory.ts'
import { formatPlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { parseTarget, type Target } from '../place/target.ts'
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
  /** In the order in which they were opened: a later one may stand on an earlier one. */
  readonly #memories = new Map<string, Promise<Opened>>()

  /** Memories are opened for `mode`; a machine that is only read needs fewer rights. */
  constructor(target: string, mode: Mode, options: MachineOptions = {}) {
    this.target = parseTarget(target)
    this.#mode = mode
    this.#root = options.root ?? '/'
    this.#notify = options.notify ?? (() => {})
    this.#actOnPorts = options.actOnPorts ?? false
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
      return findSimulated(place, this.target.board)
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

function findSimulated(place: Place, board: string): Found {
  if (place.scheme !== 'address') {
    throw new RequestError(
      'ESCHEME',
      `${formatPlace(place)} is not on a simulated board: it has plain addresses only`,
      { input: formatPlace(place) },
    )
  }
  return {
    key: PHYSICAL,
    address: place.offset,
    open: async () => {
      const { openSim } = await import('../memory/sim/index.ts')
      return { memory: await openSim(board) }
    },
  }
}

/** What is mapped of a place: `length` bytes, `offset` bytes behind it. */
export interface Wanted {
  offset: number
  length: number
}

/**
 * Opens the one file or device node that can be mapped for a place, and says where in it the place
 * is: for RAM, /dev/physmem where the kernel module is loaded. Rejects with ERANGE when not all that
 * is wanted is in what the place names; with EUSAGE for a place whose bytes are not in one file: those
 * of a process, of the kernel, and I/O ports.
 */
export async function openSource(
  place: Place,
  { offset, length }: Wanted,
  mode: Mode,
  root = '/',
): Promise<{ source: MapSource; address: number }> {
  if (isMapped(place)) {
    return { source: await openMappedSource(place, mode, root), address: place.offset }
  }
  if (!isPhysical(place)) {
    throw new RequestError(
      'EUSAGE',
      `${formatPlace(place)} cannot be mapped as a window: open() reads and writes it`,
      { input: formatPlace(place) },
    )
  }
  const { address } = await physicalStretch(place, offset + length, root)
  if (existsSync(join(root, 'dev/physmem'))) {
    const { openKmodForRam } = await import('../memory/local/kmod.ts')
    const source = openKmodForRam(mode, address + offset, length, root)
    if (source) return { source, address }
  }
  const { openDevMem } = await import('../memory/local/devmem.ts')
  return { source: openDevMem(mode, root), address }
}
