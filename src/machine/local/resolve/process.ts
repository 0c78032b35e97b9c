import { PhysmemError } from '../../../base/errors.ts'
import { attempt } from '../../../base/pending.ts'
import { identityAt } from '../../../linux/identity.ts'
import type { Mapping } from '../../../linux/maps.ts'
import type { Memory } from '../../../memory/memory.ts'
import { PagedMemory, type PageTable } from '../../../memory/paged.ts'
import type { PidPlace } from '../../../place/schemes/pid.ts'
import { ProcessTranslator } from '../../../translate/index.ts'
import type { Found, Surroundings } from '../../found.ts'
import { SecretPages } from './secret.ts'
import { type SplitAddress, splitVirtual } from './virtual.ts'

/** A virtual address of a process, looked up in its page table and reached in physical memory. */
export function findInProcess(
  place: PidPlace,
  length: number,
  { system, physical }: Surroundings,
): Found {
  const split = splitInProcess(place, length)
  const open = async (gone: () => void) => {
    const under = await physical()
    const translator = new ProcessTranslator(place.pid, system)
    const pages: ProcessPages = {
      pageBytes: translator.pageSize,
      locate: (virtual) => translator.translate(virtual).address,
      mappings: () => translator.mappings(),
      close: () => translator.close(),
    }
    return { memory: processMemory(split, pages, under, gone) }
  }
  // A process that gets the number later has a folder of its own.
  const identity = identityAt(`/proc/${place.pid}`, system.files)
  return { key: split.key, identity, address: split.address, open }
}

/** The pages of a process, wherever it is. */
export interface ProcessPages extends Pick<PageTable, 'pageBytes' | 'close'> {
  /** As `PageTable.locate`, of a virtual address. */
  locate(virtual: bigint): number | Promise<number>
  /** As they are now. */
  mappings(): Mapping[] | Promise<Mapping[]>
}

export function splitInProcess(place: PidPlace, length: number): SplitAddress {
  const virtual = place.virtual + BigInt(place.offset)
  return splitVirtual(`pid:${place.pid}`, virtual, length)
}

/**
 * The memory of a process over the physical memory of its machine. Takes the pages over. `gone` is told
 * where the process has ended, or has another program.
 */
export function processMemory(
  { key, base }: SplitAddress,
  pages: ProcessPages,
  under: Memory,
  gone: () => void,
): PagedMemory {
  const failed = (error: unknown): never => {
    if (error instanceof PhysmemError && error.code === 'ENOPROCESS') gone()
    throw error
  }
  const secret = new SecretPages(() => pages.mappings(), under)
  const table: PageTable = {
    name: key,
    origin: base,
    pageBytes: pages.pageBytes,
    locate: (offset) => attempt(() => pages.locate(base + BigInt(offset)), failed),
    whyZeros: (offset, where) => secret.why(base + BigInt(offset), where),
    close: () => pages.close(),
  }
  return new PagedMemory(table, under)
}
