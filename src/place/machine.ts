import { accessSync, constants } from 'node:fs'
import { RefusedError, RequestError } from '../errors.ts'
import { physicalAddressBits } from '../linux/cpu.ts'
import type { MapSource, Mode } from '../memory/local/source.ts'
import type { Memory } from '../memory/memory.ts'
import { formatHex } from '../text/number.ts'
import { formatPlace } from './place.ts'
import type { Place } from './schemes/index.ts'
import { parseTarget, type Target } from './target.ts'

/** A place, resolved: which memory, and which address in it. */
export interface Location {
  memory: Memory
  address: number
}

/**
 * The machine whose memory a target names: opens each of its memories once, when a place in it is
 * first located, and closes them together.
 */
export class Machine {
  readonly target: Target
  readonly #mode: Mode
  readonly #memories = new Map<string, Promise<Memory>>()
  readonly #sources = new Map<string, MapSource>()

  /** Memories are opened for `mode`; a machine that is only read needs fewer rights. */
  constructor(target: string, mode: Mode) {
    this.target = parseTarget(target)
    this.#mode = mode
  }

  /**
   * Opens what the place is in. Nothing is accessed. Rejects when it does not exist or is refused;
   * with ERANGE, and before anything is opened, when this CPU has no addresses for its `bytes`.
   */
  async locate(place: Place, bytes = 1): Promise<Location> {
    if (this.target.kind === 'local') checkPhysical(place, bytes)
    const key = memoryKey(place)
    let memory = this.#memories.get(key)
    if (!memory) {
      memory = this.#open(place)
      this.#memories.set(key, memory)
    }
    return { memory: await memory, address: place.offset }
  }

  /**
   * For a place that was located for reading: throws EPERMISSION when this user may not write what
   * it is in, and EREFUSED when that cannot be told without an access.
   */
  checkWritable(place: Place): void {
    const source = this.#sources.get(memoryKey(place))
    if (source === undefined) return // A simulated board.
    try {
      accessSync(`/proc/self/fd/${source.fd}`, constants.W_OK)
    } catch (cause) {
      const { code: errno = 'unknown error' } = cause as NodeJS.ErrnoException
      const message = `${source.name} cannot be written by this user (${errno})`
      throw new RefusedError('EPERMISSION', message, { place: source.name, errno }, { cause })
    }
    if (place.scheme === 'file' && !source.regularFile) {
      const message = `${source.name} is a device node: only an access tells whether it can be mapped`
      throw new RefusedError('EREFUSED', message, { place: source.name })
    }
  }

  async close(): Promise<void> {
    const memories = await Promise.allSettled(this.#memories.values())
    this.#memories.clear()
    for (const memory of memories) {
      if (memory.status === 'fulfilled') await memory.value.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #open(place: Place): Promise<Memory> {
    // Files are files, whatever the target is.
    if (this.target.kind === 'sim' && place.scheme !== 'file') {
      if (place.scheme === 'address') {
        const { openSim } = await import('../memory/sim/index.ts')
        return openSim(this.target.board)
      }
      throw new RequestError(
        'ESCHEME',
        `${formatPlace(place)} is not on a simulated board: it has plain addresses only`,
        { input: formatPlace(place) },
      )
    }
    const { MappedMemory } = await import('../memory/local/mapped.ts')
    const source = await openSource(place, this.#mode)
    this.#sources.set(memoryKey(place), source)
    return new MappedMemory(source)
  }
}

/** Opens the thing on this machine that a place is in, for mapping. */
export async function openSource(place: Place, mode: Mode): Promise<MapSource> {
  switch (place.scheme) {
    case 'address':
      checkPhysical(place, 1)
      return (await import('../memory/local/devmem.ts')).openDevMem(mode)
    case 'file':
      return (await import('../memory/local/file.ts')).openFile(place.path, mode)
    case 'pci': {
      const { pciAddress } = await import('./schemes/pci.ts')
      const { bar, writeCombining } = place
      const { openPciBar } = await import('../memory/local/pci.ts')
      return openPciBar({ device: pciAddress(place), bar, writeCombining }, mode)
    }
    case 'uio':
      return (await import('../memory/local/uio.ts')).openUio(place, mode)
  }
}

/** What every CPU has: below, /proc/cpuinfo need not be read. */
const EVERY_CPU = 2 ** 32

function checkPhysical({ scheme, offset }: Place, bytes: number): void {
  if (scheme !== 'address' || offset + bytes <= EVERY_CPU) return
  const bits = physicalAddressBits()
  if (offset + bytes <= 2 ** bits) return
  const last = formatHex(offset + bytes - 1)
  const what =
    offset < 2 ** bits ? `${formatHex(offset)} to ${last} reaches` : `${formatHex(offset)} is`
  throw new RequestError(
    'ERANGE',
    `${what} beyond this CPU's memory: its addresses have ${bits} bits (the last is ${formatHex(2 ** bits - 1)})`,
    { address: offset },
  )
}

/** Places with the same key are in the same memory. */
function memoryKey(place: Place): string {
  return place.scheme === 'address' ? 'address' : formatPlace({ ...place, offset: 0 })
}
