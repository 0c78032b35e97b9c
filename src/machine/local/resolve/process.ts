import { PagedMemory, type PageTable } from '../../../memory/paged.ts'
import type { PidPlace } from '../../../place/schemes/pid.ts'
import { ProcessTranslator } from '../../../translate/index.ts'
import type { Found, Surroundings } from '../../found.ts'
import { SecretPages } from './secret.ts'
import { splitVirtual } from './virtual.ts'

/** A virtual address of a process, looked up in its page table and reached in physical memory. */
export function findInProcess(
  place: PidPlace,
  length: number,
  { system, physical }: Surroundings,
): Found {
  const virtual = place.virtual + BigInt(place.offset)
  const { key, base, address } = splitVirtual(`pid:${place.pid}`, virtual, length)
  const open = async () => {
    const under = await physical()
    const translator = new ProcessTranslator(place.pid, system)
    const secret = new SecretPages(translator, under)
    const table: PageTable = {
      name: key,
      origin: base,
      pageBytes: translator.pageSize,
      locate: (offset) => translator.translate(base + BigInt(offset)).address,
      whyZeros: (offset, where) => secret.why(base + BigInt(offset), where),
      close: () => translator.close(),
    }
    return { memory: new PagedMemory(table, under) }
  }
  return { key, address, open }
}
