import {
  decodePage,
  lowestSpecialType,
  type PageEntry,
  type SpecialTypes,
} from '../linux/pagemap.ts'
import { readSpecialTypes } from '../linux/special-types.ts'
import type { PagedSystem } from '../linux/system.ts'

/** Bits of the upper half of an entry. 62: not there, but something else is. */
const SWAP = 1 << 30
/** 58 (6.15+): a guard region, whatever its type. */
const GUARD = 1 << 26

/** Decodes entries as the running kernel means them: one for all processes, since it learns how. */
export class EntryDecoder {
  readonly #system: Pick<PagedSystem, 'files' | 'isFetched'>
  #types: SpecialTypes | undefined | 'unread' = 'unread'

  constructor(system: Pick<PagedSystem, 'files' | 'isFetched'>) {
    this.#system = system
  }

  decode(low: number, high: number): PageEntry {
    // Most entries mean the same to every kernel, and its configuration takes long to read.
    const plain = high >>> 31 === 1 || (high & SWAP) === 0 || (high & GUARD) !== 0
    if (plain || (low & 31) < lowestSpecialType) return decodePage(low, high)
    const { files, isFetched } = this.#system
    const types = this.#types === 'unread' ? readSpecialTypes(files) : this.#types
    if (!isFetched) this.#types = types
    return decodePage(low, high, types)
  }
}
