import { loadAddon, type NativeWindow } from '../../native/addon.ts'
import { type MappedWindow, Window } from './window.ts'

/** A window whose single accesses are calls into the engine: for processes and CPUs without the typed path. */
export class CalledWindow extends Window {
  readonly #native: NativeWindow
  readonly #flag: Uint32Array
  readonly #start: number
  /** Length in bytes; negative when closed, so that no offset is inside. */
  #limit: number
  /** The same, and negative for a window that may not be written. */
  #writeLimit: number

  constructor(mapped: MappedWindow) {
    super(mapped)
    this.#native = mapped.native
    this.#flag = mapped.flag
    this.#start = mapped.start
    this.#limit = mapped.length
    this.#writeLimit = this.writable ? mapped.length : -1
  }

  override read8(offset: number): number {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit - 1) {
      this.refuse(offset, 8, 'read')
    }
    const value = this.#native.read8(at)
    if (this.#flag[0] !== 0) this.failed(offset, 8, 'read')
    return value
  }

  override write8(offset: number, value: number): void {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit - 1) {
      this.refuse(offset, 8, 'write')
    }
    if (value >>> 0 !== value || value > 0xff) this.refuseValue(value, 8)
    this.#native.write8(at, value)
    if (this.#flag[0] !== 0) this.failed(offset, 8, 'write')
  }

  override read16(offset: number): number {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit - 2 || (at & 1) !== 0) {
      this.refuse(offset, 16, 'read')
    }
    const value = this.#native.read16(at)
    if (this.#flag[0] !== 0) this.failed(offset, 16, 'read')
    return value
  }

  override write16(offset: number, value: number): void {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit - 2 || (at & 1) !== 0) {
      this.refuse(offset, 16, 'write')
    }
    if (value >>> 0 !== value || value > 0xffff) this.refuseValue(value, 16)
    this.#native.write16(at, value)
    if (this.#flag[0] !== 0) this.failed(offset, 16, 'write')
  }

  override read32(offset: number): number {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit - 4 || (at & 3) !== 0) {
      this.refuse(offset, 32, 'read')
    }
    const value = this.#native.read32(at)
    if (this.#flag[0] !== 0) this.failed(offset, 32, 'read')
    return value
  }

  override write32(offset: number, value: number): void {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit - 4 || (at & 3) !== 0) {
      this.refuse(offset, 32, 'write')
    }
    if (value >>> 0 !== value && (value | 0) !== value) this.refuseValue(value, 32)
    this.#native.write32(at, value)
    if (this.#flag[0] !== 0) this.failed(offset, 32, 'write')
  }

  override read64(offset: number): bigint {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit - 8 || (at & 7) !== 0) {
      this.refuse(offset, 64, 'read')
    }
    if (!loadAddon().has64BitAccess) this.refuse(offset, 64, 'read')
    const value = this.#native.read64(at)
    if (this.#flag[0] !== 0) this.failed(offset, 64, 'read')
    return value
  }

  override write64(offset: number, value: bigint): void {
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit - 8 || (at & 7) !== 0) {
      this.refuse(offset, 64, 'write')
    }
    if (!loadAddon().has64BitAccess) this.refuse(offset, 64, 'write')
    if (BigInt.asUintN(64, value) !== value) this.refuseValue(value, 64)
    this.#native.write64(at, value)
    if (this.#flag[0] !== 0) this.failed(offset, 64, 'write')
  }

  protected override forget(): void {
    this.#limit = -1
    this.#writeLimit = -1
  }
}
