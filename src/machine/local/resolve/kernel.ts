import type { LocalSystem } from '../../../linux/system.ts'
import { PagedMemory, type PageTable } from '../../../memory/paged.ts'
import type { KernelPlace } from '../../../place/schemes/kernel.ts'
import { type KernelTranslation, translateKernel } from '../../../translate/index.ts'
import type { Found, Surroundings } from '../../found.ts'
import { splitVirtual } from './virtual.ts'

/** The kernel's own mappings are of whole pages, and no page is smaller. */
const PAGE_BYTES = 4096

/** A virtual address or symbol of the kernel, looked up in the headers of /proc/kcore. */
export function findInKernel(
  place: KernelPlace,
  length: number,
  { system, physical }: Surroundings,
): Found {
  const start = typeof place.at === 'bigint' ? place.at : translateKernel(place.at, system).virtual
  const { key, base, address } = splitVirtual('kernel', start + BigInt(place.offset), length)
  const open = async () => {
    const table = new KernelTable(key, base, system)
    return { memory: new PagedMemory(table, await physical()) }
  }
  return { key, address, open }
}

/** The kernel's image and its mapping of RAM stay where they are: a stretch is looked up once. */
class KernelTable implements PageTable {
  readonly name: string
  readonly pageBytes = PAGE_BYTES
  readonly origin: bigint
  readonly #system: LocalSystem
  #last: KernelTranslation | undefined

  constructor(name: string, base: bigint, system: LocalSystem) {
    this.name = name
    this.origin = base
    this.#system = system
  }

  locate(offset: number): number {
    const virtual = this.origin + BigInt(offset)
    const last = this.#last
    if (last && virtual >= last.virtual && virtual < last.virtual + BigInt(last.length)) {
      return last.address + Number(virtual - last.virtual)
    }
    this.#last = translateKernel(virtual, this.#system)
    return this.#last.address
  }

  close(): void {}
}
