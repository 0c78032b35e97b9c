import { endianness } from 'node:os'
import { counted } from '../text/count.ts'

/** How this CPU has its numbers: as an agent sends them. */
export const LITTLE = endianness() === 'LE'

/** What came is not what an agent says. */
export class Malformed extends Error {}

/** Takes apart what a board sent, of which nothing is trusted: throws Malformed where it ends too early. */
export class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  u32(): number {
    return this.#view.getUint32(this.#step(4), true)
  }

  i32(): number {
    return this.#view.getInt32(this.#step(4), true)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#step(8), true)
  }

  u64s(count: number): BigUint64Array {
    if (!LITTLE) return BigUint64Array.from({ length: count }, () => this.u64())
    return new BigUint64Array(this.bytes(8 * count).slice().buffer)
  }

  /** Not a copy. */
  bytes(count: number): Uint8Array {
    const at = this.#step(count)
    return this.#bytes.subarray(at, at + count)
  }

  /** Throws where anything is left. */
  end(): void {
    if (this.left > 0) throw new Malformed(`${counted(this.left, 'byte')} too many`)
  }

  #step(count: number): number {
    if (count > this.left)
      throw new Malformed(`${counted(count, 'byte')} expected, and ${this.left} left`)
    const at = this.#at
    this.#at += count
    return at
  }
}

type Item = { u32: number } | { u64: bigint | number } | Uint8Array

/** What is sent: numbers, little-endian, and bytes as they are. */
export function packed(...items: readonly Item[]): Uint8Array {
  const size = (item: Item) => (item instanceof Uint8Array ? item.length : 'u32' in item ? 4 : 8)
  const bytes = new Uint8Array(items.reduce((sum, item) => sum + size(item), 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const item of items) {
    if (item instanceof Uint8Array) bytes.set(item, at)
    else if ('u32' in item) view.setUint32(at, item.u32, true)
    else view.setBigUint64(at, BigInt.asUintN(64, BigInt(item.u64)), true)
    at += size(item)
  }
  return bytes
}

export function textOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
