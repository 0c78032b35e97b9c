import { RequestError } from '../errors.ts'
import type { MapSource, Mode } from '../memory/local/source.ts'
import type { Memory } from '../memory/memory.ts'
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

  /** Memories are opened for `mode`; a machine that is only read needs fewer rights. */
  constructor(target: string, mode: Mode) {
    this.target = parseTarget(target)
    this.#mode = mode
  }

  /** Opens what the place is in. Nothing is accessed. Rejects when it does not exist or is refused. */
  async locate(place: Place): Promise<Location> {
    const key = memoryKey(place)
    let memory = this.#memories.get(key)
    if (!memory) {
      memory = this.#open(place)
      this.#memories.set(key, memory)
    }
    return { memory: await memory, address: place.offset }
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
    return new MappedMemory(await openSource(place, this.#mode))
  }
}

/** Opens the thing on this machine that a place is in, for mapping. */
export async function openSource(place: Place, mode: Mode): Promise<MapSource> {
  switch (place.scheme) {
    case 'address':
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

/** Places with the same key are in the same memory. */
function memoryKey(place: Place): string {
  return place.scheme === 'address' ? 'address' : formatPlace({ ...place, offset: 0 })
}
