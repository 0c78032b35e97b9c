import { loadAddon } from '../../native/addon.ts'
import { type MappedWindow, Window } from './window.ts'

/**
 * Where every loaded value is stored once more: without it the optimiser drops a load whose result
 * the caller ignores.
 */
const sink8 = new Uint8Array(1)
const sink16 = new Uint16Array(1)
const sink32 = new Uint32Array(1)
const sink64 = new BigUint64Array(1)

/**
 * A window whose single accesses are typed-array elements: V8 makes exactly one load or store of
 * the element's width for each, in every tier (shown by watchpoint tests, not promised by V8).
 * The arrays never leave this class: every other use of them has another width or count.
 */
export class TypedWindow extends Window {
  #u8: Uint8Array
  #u16: Uint16Array
  #u32: Uint32Array
  #u64: BigUint64Array
  readonly #flag: Uint32Array
  readonly #start: number
  /** Length in bytes; negative when closed, so that no offset is inside. */
  #limit: number
  /** The same, and negative for a window that may not be written. */
  #writeLimit: number
  /** The same two for 64 bits: negative on a CPU that has no such access. */
  #limit64: number
  #writeLimit64: number

  constructor(mapped: MappedWindow, buffer: ArrayBuffer) {
    super(mapped)
    this.#u8 = new Uint8Array(buffer)
    this.#u16 = new Uint16Array(buffer)
    this.#u32 = new Uint32Array(buffer)
    this.#u64 = new BigUint64Array(buffer)
    this.#flag = mapped.flag
    this.#start = mapped.start
    this.#limit = mapped.length
    this.#writeLimit = this.writable ? mapped.length : -1
    this.#limit64 = loadAddon().has64BitAccess ? this.#limit : -1
    this.#writeLimit64 = loadAddon().has64BitAccess ? this.#writeLimit : -1
  }

  override read8(offset: number): number {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit - 1) {
      this.refuse(offset, 8, 'read')
    }
    const value = this.#u8[at] as number
    sink8[0] = value
    if (this.#flag[0] !== 0) this.failed(offset, 8, 'read')
    return value
  }

  override write8(offset: number, value: number): void {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit - 1) {
      this.refuse(offset, 8, 'write')
    }
    if (value >>> 0 !== value || value > 0xff) this.refuseValue(value, 8)
    this.#u8[at] = value
    if (this.#flag[0] !== 0) this.failed(offset, 8, 'write')
  }

  override read16(offset: number): number {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit - 2 || (at & 1) !== 0) {
      this.refuse(offset, 16, 'read')
    }
    const value = this.#u16[at >>> 1] as number
    sink16[0] = value
    if (this.#flag[0] !== 0) this.failed(offset, 16, 'read')
    return value
  }

  override write16(offset: number, value: number): void {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit - 2 || (at & 1) !== 0) {
      this.refuse(offset, 16, 'write')
    }
    if (value >>> 0 !== value || value > 0xffff) this.refuseValue(value, 16)
    this.#u16[at >>> 1] = value
    if (this.#flag[0] !== 0) this.failed(offset, 16, 'write')
  }

  override read32(offset: number): number {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit - 4 || (at & 3) !== 0) {
      this.refuse(offset, 32, 'read')
    }
    const value = this.#u32[at >>> 2] as number
    sink32[0] = value
    if (this.#flag[0] !== 0) this.failed(offset, 32, 'read')
    return value
  }

  override write32(offset: number, value: number): void {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit - 4 || (at & 3) !== 0) {
      this.refuse(offset, 32, 'write')
    }
    if (value >>> 0 !== value && (value | 0) !== value) this.refuseValue(value, 32)
    this.#u32[at >>> 2] = value
    if (this.#flag[0] !== 0) this.failed(offset, 32, 'write')
  }

  override read64(offset: number): bigint {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit64 - 8 || (at & 7) !== 0) {
      this.refuse(offset, 64, 'read')
    }
    const value = this.#u64[at >>> 3] as bigint
    sink64[0] = value
    if (this.#flag[0] !== 0) this.failed(offset, 64, 'read')
    return value
  }

  override write64(offset: number, value: bigint): void {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit64 - 8 || (at & 7) !== 0) {
      this.refuse(offset, 64, 'write')
    }
    if (BigInt.asUintN(64, value) !== value) this.refuseValue(value, 64)
    this.#u64[at >>> 3] = value
    if (this.#flag[0] !== 0) this.failed(offset, 64, 'write')
  }

  protected override forget(): void {
    this.#limit = -1
    this.#writeLimit = -1
    this.#limit64 = -1
    this.#writeLimit64 = -1
    this.#u8 = new Uint8Array(0)
    this.#u16 = new Uint16Array(0)
    this.#u32 = new Uint32Array(0)
    this.#u64 = new BigUint64Array(0)
  }
}
