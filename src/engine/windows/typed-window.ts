import type { Value } from '../../base/width.ts'
import { loadAddon } from '../addon.ts'
import { CalledWindow } from './called-window.ts'
import type { MappedWindow } from './window.ts'
import { FLAG, windowWords } from './words.ts'

/** Here and not imported, as everything below: compiled code then holds its address. */
const words = windowWords

/**
 * Where every loaded value is stored once more: without it the optimiser drops a load whose result
 * the caller ignores.
 */
const sink8 = new Uint8Array(new ArrayBuffer(8))
const sink16 = new Uint16Array(sink8.buffer)
const sink32 = new Uint32Array(sink8.buffer)
const sink64 = new BigUint64Array(sink8.buffer)

/** What a window has before it is open and after: every element is outside. */
const none8 = new Uint8Array(0)
const none16 = new Uint16Array(0)
const none32 = new Uint32Array(0)
const none64 = new BigUint64Array(0)

/** Offsets below this are small integers of V8, whose checks take no conversions. */
const MAX_BYTES = 2 ** 31

/**
 * A window whose single accesses are typed-array elements: V8 makes exactly one load or store of
 * the element's width for each, in every tier (shown by watchpoint tests, not promised by V8).
 * The arrays never leave this class: every other use of them has another width or count.
 *
 * `(offset & -4) === offset` holds for the multiples of 4 that are small integers, and a negative one
 * becomes an index that no array has. An element outside of an array reads as undefined and touches
 * nothing. Whatever is not plainly right, and the elements that these arrays cannot hold (beyond 2 GiB,
 * or in a window that starts misaligned), goes to the engine's accessors, which refuse or make it.
 */
export class TypedWindow extends CalledWindow {
  // Each field has its lasting type from the start: V8 then need not check it at every access.
  #u8 = none8
  #u16 = none16
  #u32 = none32
  #u64 = none64
  /** How many elements may be written. */
  #writable8 = 0
  #writable16 = 0
  #writable32 = 0
  #writable64 = 0

  constructor(mapped: MappedWindow, buffer: ArrayBuffer) {
    super(mapped)
    const { start, length } = mapped
    const count = (bytes: number) =>
      start % bytes === 0 ? Math.floor(Math.min(length, MAX_BYTES) / bytes) : 0
    const first = (bytes: number) => (start % bytes === 0 ? start : 0)
    this.#u8 = new Uint8Array(buffer, start, count(1))
    this.#u16 = new Uint16Array(buffer, first(2), count(2))
    this.#u32 = new Uint32Array(buffer, first(4), count(4))
    const has64 = loadAddon().has64BitAccess
    if (has64) this.#u64 = new BigUint64Array(buffer, first(8), count(8))
    if (!this.writable) return
    this.#writable8 = this.#u8.length
    this.#writable16 = this.#u16.length
    this.#writable32 = this.#u32.length
    this.#writable64 = this.#u64.length
  }

  override read8(offset: number): number {
    if (typeof offset !== 'number' || (offset & -1) !== offset) return super.read8(offset)
    const value = this.#u8[offset >>> 0]
    if (value === undefined) return super.read8(offset)
    sink8[0] = value
    if (words[FLAG] !== 0) this.failed(8, 'read')
    return value
  }

  override write8(offset: number, value: number): void {
    if (typeof offset !== 'number' || typeof value !== 'number') {
      super.write8(offset, value)
      return
    }
    const index = offset >>> 0
    if ((offset & -1) !== offset || index >= this.#writable8 || (value & 0xff) !== value) {
      super.write8(offset, value)
      return
    }
    this.#u8[index] = value
    if (words[FLAG] !== 0) this.failed(8, 'write')
  }

  override read16(offset: number): number {
    if (typeof offset !== 'number' || (offset & -2) !== offset) return super.read16(offset)
    const value = this.#u16[offset >>> 1]
    if (value === undefined) return super.read16(offset)
    sink16[0] = value
    if (words[FLAG] !== 0) this.failed(16, 'read')
    return value
  }

  override write16(offset: number, value: number): void {
    if (typeof offset !== 'number' || typeof value !== 'number') {
      super.write16(offset, value)
      return
    }
    const index = offset >>> 1
    if ((offset & -2) !== offset || index >= this.#writable16 || (value & 0xffff) !== value) {
      super.write16(offset, value)
      return
    }
    this.#u16[index] = value
    if (words[FLAG] !== 0) this.failed(16, 'write')
  }

  override read32(offset: number): number {
    if (typeof offset !== 'number' || (offset & -4) !== offset) return super.read32(offset)
    const value = this.#u32[offset >>> 2]
    if (value === undefined) return super.read32(offset)
    sink32[0] = value
    if (words[FLAG] !== 0) this.failed(32, 'read')
    return value
  }

  override write32(offset: number, value: number): void {
    if (typeof offset !== 'number' || typeof value !== 'number') {
      super.write32(offset, value)
      return
    }
    const index = offset >>> 2
    const fits = (value | 0) === value || value >>> 0 === value
    if ((offset & -4) !== offset || index >= this.#writable32 || !fits) {
      super.write32(offset, value)
      return
    }
    this.#u32[index] = value
    if (words[FLAG] !== 0) this.failed(32, 'write')
  }

  override read64(offset: number): bigint {
    if (typeof offset !== 'number' || (offset & -8) !== offset) return super.read64(offset)
    const value = this.#u64[offset >>> 3]
    if (value === undefined) return super.read64(offset)
    sink64[0] = value
    if (words[FLAG] !== 0) this.failed(64, 'read')
    return value
  }

  override write64(offset: number, value: Value): void {
    // No boolean in between: the type would be lost.
    if (
      typeof offset !== 'number' ||
      typeof value !== 'bigint' ||
      BigInt.asUintN(64, value) !== value
    ) {
      super.write64(offset, value)
      return
    }
    const index = offset >>> 3
    if ((offset & -8) !== offset || index >= this.#writable64) {
      super.write64(offset, value)
      return
    }
    this.#u64[index] = value
    if (words[FLAG] !== 0) this.failed(64, 'write')
  }

  protected override forget(): void {
    super.forget()
    this.#u8 = none8
    this.#u16 = none16
    this.#u32 = none32
    this.#u64 = none64
    this.#writable8 = 0
    this.#writable16 = 0
    this.#writable32 = 0
    this.#writable64 = 0
  }
}
