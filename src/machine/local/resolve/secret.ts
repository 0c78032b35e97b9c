import type { Mapping } from '../../../linux/maps.ts'
import type { Memory } from '../../../memory/memory.ts'
import { Program } from '../../../memory/program.ts'
import { isSecret, mappingAt } from '../../../translate/mappings.ts'
import { PhysicalMemory } from '../../../ways/physical.ts'

/**
 * Tells zeros of memfd_secret from those that /proc/kcore shows in its place: mm/secretmem.c takes
 * each page out of the kernel's own mapping, and read_kcore_iter() of fs/proc/kcore.c shows zeros
 * for what it cannot copy. Other ways, such as /dev/mem, map the frame and show what is in it.
 */
export class SecretPages {
  readonly #mappings: () => Mapping[] | Promise<Mapping[]>
  readonly #physical: Memory
  /** The mapping that was asked for last, and where: a stream asks once for each. */
  #last: { mapping: Mapping; virtual: bigint } | undefined

  /** `mappings` are those of the process at this moment. */
  constructor(mappings: () => Mapping[] | Promise<Mapping[]>, physical: Memory) {
    this.#mappings = mappings
    this.#physical = physical
  }

  /** Why zeros that were read at an address are not its content; `undefined` when they are. */
  async why(virtual: bigint, physical: number): Promise<string | undefined> {
    const mapping = await this.#mappingAt(virtual)
    if (mapping === undefined || !isSecret(mapping)) return undefined
    if (!(this.#physical instanceof PhysicalMemory)) return undefined
    const read = new Program([{ op: 'read', address: physical, width: 8 }])
    const ways = await this.#physical.waysFor(read)
    if (!ways.some(({ way }) => way.endsWith('/kcore'))) return undefined
    return 'the kernel has removed it from its own mapping (memfd_secret), and shows zeros instead'
  }

  async #mappingAt(virtual: bigint): Promise<Mapping | undefined> {
    const last = this.#last
    if (last && last.virtual < virtual && virtual < last.mapping.end) {
      last.virtual = virtual
      return last.mapping
    }
    const mapping = mappingAt(await this.#mappings(), virtual)
    this.#last = mapping && { mapping, virtual }
    return mapping
  }
}
