import {
  decodePage,
  lowestSpecialType,
  type PageEntry,
  type SpecialTypes,
} from '../linux/pagemap.ts'
import { readSpecialTypes } from '../linux/special-types.ts'

/** Bit 62, in the upper half of an entry: not there, but something else is. */
const SWAP = 1 << 30

/** Decodes entries as the running kernel means them. */
export class EntryDecoder {
  readonly #root: string
  #types: SpecialTypes | undefined

  constructor(root: string) {
    this.#root = root
  }

  decode(low: number, high: number): PageEntry {
    // Most entries mean the same to every kernel, and its configuration takes long to read.
    const plain = high >>> 31 === 1 || (high & SWAP) === 0 || (low & 31) < lowestSpecialType
    if (plain) return decodePage(low, high)
    this.#types ??= readSpecialTypes(this.#root)
    return decodePage(low, high, this.#types)
  }
}
