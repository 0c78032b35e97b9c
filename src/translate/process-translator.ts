import type { PhysmemError } from '../base/errors.ts'
import { systemAt } from '../engine/system-at.ts'
import { type Mapping, readMaps } from '../linux/maps.ts'
import type { PageEntry } from '../linux/pagemap.ts'
import type { PagedSystem } from '../linux/system.ts'
import { PAGED_SYSTEM } from '../linux/system-kinds.ts'
import { checkKind } from '../text/options.ts'
import {
  detailsOf,
  explainAbsentPage,
  kernelHalf,
  type Question,
  unmapped,
  untold,
} from './absent.ts'
import { checkPid, checkVirtual } from './check.ts'
import { isNamedAsDevice, resolveDeviceMapping } from './device-mapping.ts'
import { mappingAt } from './mappings.ts'
import { Pagemap } from './pagemap.ts'

/** Where a virtual address is, as far as one look at the page tables tells. */
export interface Located {
  /** Physical address of the very byte. */
  address: number
  /** Bytes from it to the end of its page: the next page may be anywhere. */
  length: number
  /** Which look found it: the page tables, or for device memory what was mapped. */
  by: 'pagemap' | 'mapping'
  /** For device memory: what tells it, `BAR 0 of 0000:00:04.0`. */
  source?: string
  /** What stands in the page tables. */
  entry: PageEntry
}

/** How often a page that is being moved is looked at, and the pause before each. */
const LOOKS = 5
const PAUSE_MS = 1

/**
 * Translates virtual addresses of one process, each by one look. An answer is true when it is
 * given: the kernel may move a page at any time, a locked one too, so look again where it matters.
 * The process is the one that had this number when the translator was made.
 */
export class ProcessTranslator {
  readonly pid: number
  readonly pageSize: number
  readonly #pagemap: Pagemap
  readonly #system: PagedSystem

  /** Throws RequestError EUSAGE or ERANGE; RefusedError: ENOPROCESS, EKERNELTHREAD, EPERMISSION, ENOPAGEMAP or EOPEN. */
  constructor(pid: number)
  /** @internal Of a machine that this is not. */
  constructor(pid: number, system: PagedSystem)
  constructor(pid: number, system: PagedSystem = systemAt()) {
    checkPid(pid)
    checkKind('system', system, PAGED_SYSTEM)
    this.pid = pid
    this.#system = system
    this.#pagemap = new Pagemap(pid, system)
    this.pageSize = this.#pagemap.pageSize
  }

  /**
   * The physical address of a virtual one. Throws RequestError EUSAGE or ERANGE; RefusedError: ENOPROCESS, EUNMAPPED, EKERNELHALF,
   * ENOTPRESENT, ESWAPPED, EMIGRATING, EGUARD, EHWPOISON, EDEVICEPAGE, ENOPHYSICAL or EHIDDEN.
   */
  translate(virtual: bigint): Located {
    checkVirtual(virtual)
    const question: Question = { pid: this.pid, virtual, system: this.#system }
    const refused = kernelHalf(question)
    if (refused) throw refused
    const size = BigInt(this.pageSize)
    const entry = this.#look(Number(virtual / size))
    const inPage = Number(virtual % size)
    const length = this.pageSize - inPage
    if (entry.kind === 'present') {
      return { address: entry.frame * this.pageSize + inPage, length, by: 'pagemap', entry }
    }
    const mapping = mappingAt(this.mappings(), virtual)
    if (mapping === undefined) throw this.#outside(question)
    const device = entry.kind === 'absent' ? this.#device(question, mapping) : undefined
    if (device === undefined) throw explainAbsentPage(question, entry, mapping)
    return { ...device, length, by: 'mapping', entry }
  }

  /** The mappings as they are now. Throws ENOPROCESS or EPERMISSION. */
  mappings(): Mapping[] {
    return readMaps(this.pid, this.#system.files)
  }

  /** Whether one entry of the page tables maps this and other pages; `undefined` when unknown. */
  isHuge(virtual: bigint): boolean | undefined {
    checkVirtual(virtual)
    return this.#pagemap.isHuge(Number(virtual / BigInt(this.pageSize)))
  }

  close(): void {
    this.#pagemap.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /**
   * Where an address is in device memory, if it is there. One look at smaps says all: what
   * maps has shown may be another mapping already. Throws ENOPHYSICAL where smaps does not
   * tell, and where it is known that none can be determined.
   */
  #device(question: Question, shown: Mapping): Pick<Located, 'address' | 'source'> | undefined {
    if (!isNamedAsDevice(shown, this.#system.files)) return undefined
    const mapping = mappingAt(detailsOf(question, shown), question.virtual)
    if (mapping === undefined) return undefined
    const find = { pageSize: this.pageSize, files: this.#system.files }
    const device = resolveDeviceMapping(mapping, find)
    if (device === undefined) return undefined
    if (device.address === undefined) throw untold(question, device.why)
    const address = device.address + Number(question.virtual - mapping.start)
    return { address, source: device.source }
  }

  /** A page that is being moved has arrived some moments later. */
  #look(page: number): PageEntry {
    let entry = this.#pagemap.entry(page)
    for (let look = 1; look < LOOKS && entry.kind === 'migration'; look++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
      entry = this.#pagemap.entry(page)
    }
    return entry
  }

  /** No mapping at all means that the process has ended, or has become a zombie, meanwhile. */
  #outside(question: Question): PhysmemError {
    const mappings = this.mappings()
    return mappings.length === 0 ? this.#pagemap.gone() : unmapped(question, mappings)
  }
}
