import type { PagedSystem } from '../../../linux/system.ts'
import type { Memory } from '../../../memory/memory.ts'
import { PagedMemory, type PageTable } from '../../../memory/paged.ts'
import type { KernelPlace } from '../../../place/schemes/kernel.ts'
import { type KernelTranslation, translateKernel } from '../../../translate/index.ts'
import type { Found, Surroundings } from '../../found.ts'
import { type SplitAddress, splitVirtual } from './virtual.ts'

/** The kernel's own mappings are of whole pages, and no page is smaller. */
const PAGE_BYTES = 4096

/** A virtual address or symbol of the kernel, looked up in the headers of /proc/kcore. */
export function findInKernel(
  place: KernelPlace,
  length: number,
  { system, physical }: Surroundings,
): Found {
  const split = splitInKernel(place, length, system)
  const open = async () => {
    const pages: KernelPages = { translate: (virtual) => translateKernel(virtual, system) }
    return { memory: kernelMemory(split, pages, await physical()) }
  }
  return { key: split.key, address: split.address, open }
}

/** The pages of a kernel, wherever it is. */
export interface KernelPages {
  /** As `translateKernel`; far away it resolves or rejects, and never throws. */
  translate(virtual: bigint): KernelTranslation | Promise<KernelTranslation>
  close?(): Promise<void>
}

/** Looks a symbol up. Throws as `translateKernel`, or ERANGE. */
export function splitInKernel(
  place: KernelPlace,
  length: number,
  system: PagedSystem,
): SplitAddress {
  const start = typeof place.at === 'bigint' ? place.at : translateKernel(place.at, system).virtual
  return splitVirtual('kernel', start + BigInt(place.offset), length)
}

/** The memory of a kernel over the physical memory of its machine. Takes the pages over. */
export function kernelMemory(split: SplitAddress, pages: KernelPages, under: Memory): PagedMemory {
  return new PagedMemory(new KernelTable(split, pages), under)
}

/** The kernel's image and its mapping of RAM stay where they are: a stretch is looked up once. */
class KernelTable implements PageTable {
  readonly name: string
  readonly pageBytes = PAGE_BYTES
  readonly origin: bigint
  readonly #pages: KernelPages
  #last: KernelTranslation | undefined

  constructor({ key, base }: SplitAddress, pages: KernelPages) {
    this.name = key
    this.origin = base
    this.#pages = pages
  }

  locate(offset: number): number | Promise<number> {
    const virtual = this.origin + BigInt(offset)
    const last = this.#last
    if (last && virtual >= last.virtual && virtual < last.virtual + BigInt(last.length)) {
      return last.address + Number(virtual - last.virtual)
    }
    const found = this.#pages.translate(virtual)
    return found instanceof Promise ? found.then((late) => this.#keep(late)) : this.#keep(found)
  }

  #keep(found: KernelTranslation): number {
    this.#last = found
    return found.address
  }

  async close(): Promise<void> {
    await this.#pages.close?.()
  }
}
