import type { Value } from '../../base/width.ts'
import type { NativeWindow } from '../addon.ts'
import { is32Bits, isWithin, type MappedWindow, Window } from './window.ts'
import { FLAG, OFFSET, VALUE, windowWords } from './words.ts'

/** Here and not imported: compiled code then holds its address. */
const words = windowWords

/**
 * A window whose single accesses are calls into the engine: for processes and CPUs without the typed
 * path. Numbers go there and back in shared words, since as arguments and results they take longer
 * than the call itself.
 */
export class CalledWindow extends Window {
  readonly #native: NativeWindow
  readonly #start: number
  /** Length in bytes; negative when closed, so that no offset is inside. */
  #limit: number
  /** The same, and negative for a window that may not be written. */
  #writeLimit: number

  constructor(mapped: MappedWindow) {
    super(mapped)
    this.#native = mapped.native
    this.#start = mapped.start
    this.#limit = mapped.length
    this.#writeLimit = this.writable ? mapped.length : -1
  }

  override read8(offset: number): number {
    if (typeof offset !== 'number') this.refuse(offset, 8, 'read')
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit - 1) {
      this.refuse(offset, 8, 'read')
    }
    words[OFFSET] = at
    this.#native.read8()
    if (words[FLAG] !== 0) this.failed(8, 'read')
    return words[VALUE] as number
  }

  override write8(offset: number, value: number): void {
    if (typeof offset !== 'number') this.refuse(offset, 8, 'write')
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit - 1) {
      this.refuse(offset, 8, 'write')
    }
    const fits = isWithin(value, 0xff)
    words[OFFSET] = at
    words[VALUE] = fits ? value : this.toNumber(value, 8, offset)
    this.#native.write8()
    if (words[FLAG] !== 0) this.failed(8, 'write')
  }

  override read16(offset: number): number {
    if (typeof offset !== 'number') this.refuse(offset, 16, 'read')
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit - 2 || (at & 1) !== 0) {
      this.refuse(offset, 16, 'read')
    }
    words[OFFSET] = at
    this.#native.read16()
    if (words[FLAG] !== 0) this.failed(16, 'read')
    return words[VALUE] as number
  }

  override write16(offset: number, value: number): void {
    if (typeof offset !== 'number') this.refuse(offset, 16, 'write')
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit - 2 || (at & 1) !== 0) {
      this.refuse(offset, 16, 'write')
    }
    const fits = isWithin(value, 0xffff)
    words[OFFSET] = at
    words[VALUE] = fits ? value : this.toNumber(value, 16, offset)
    this.#native.write16()
    if (words[FLAG] !== 0) this.failed(16, 'write')
  }

  override read32(offset: number): number {
    if (typeof offset !== 'number') this.refuse(offset, 32, 'read')
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit - 4 || (at & 3) !== 0) {
      this.refuse(offset, 32, 'read')
    }
    words[OFFSET] = at
    this.#native.read32()
    if (words[FLAG] !== 0) this.failed(32, 'read')
    return words[VALUE] as number
  }

  override write32(offset: number, value: number): void {
    if (typeof offset !== 'number') this.refuse(offset, 32, 'write')
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit - 4 || (at & 3) !== 0) {
      this.refuse(offset, 32, 'write')
    }
    const fits = is32Bits(value)
    words[OFFSET] = at
    words[VALUE] = fits ? value : this.toNumber(value, 32, offset)
    this.#native.write32()
    if (words[FLAG] !== 0) this.failed(32, 'write')
  }

  override read64(offset: number): bigint {
    if (typeof offset !== 'number') this.refuse(offset, 64, 'read')
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#limit - 8 || (at & 7) !== 0) {
      this.refuse(offset, 64, 'read')
    }
    if (!this.has64BitAccess) this.refuse(offset, 64, 'read')
    const value = this.#native.read64(at)
    if (words[FLAG] !== 0) this.failed(64, 'read')
    return value
  }

  override write64(offset: number, value: Value): void {
    if (typeof offset !== 'number') this.refuse(offset, 64, 'write')
    const at = this.#start + offset
    if (offset >>> 0 !== offset || offset > this.#writeLimit - 8 || (at & 7) !== 0) {
      this.refuse(offset, 64, 'write')
    }
    if (!this.has64BitAccess) this.refuse(offset, 64, 'write')
    this.#native.write64(at, this.toBigint(value, offset))
    if (words[FLAG] !== 0) this.failed(64, 'write')
  }

  protected override forget(): void {
    this.#limit = -1
    this.#writeLimit = -1
  }
}
