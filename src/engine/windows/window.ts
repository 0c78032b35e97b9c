import { fstatSync } from 'node:fs'
import { RequestError } from '../../base/errors.ts'
import { retell } from '../../base/retell.ts'
import { type Value, type ValueOf, WIDTHS, type Width } from '../../base/width.ts'
import { checkStep } from '../../memory/check.ts'
import { setElement, viewOf } from '../../memory/elements.ts'
import { closedError, timeoutError } from '../../memory/failure.ts'
import type { UpdateResult, WaitResult } from '../../memory/memory.ts'
import { checkWindowWaitOptions } from '../../memory/options.ts'
import type { WaitOptions } from '../../memory/run-options.ts'
import {
  DEFAULT_INTERVAL_US,
  DEFAULT_TIMEOUT_MS,
  type FillStep,
  type Step,
  type Stepping,
  type WaitStep,
} from '../../memory/step.ts'
import { allOnes, notNumber, unsigned, unsignedMask, valueError } from '../../memory/value.ts'
import { formatAddress } from '../../text/number.ts'
import type { NativeWindow } from '../addon.ts'
import type { MapSource } from '../source.ts'
import { ByWidth } from './by-width.ts'
import { type BlockEnd, failedAccess, faultReason, refusedAccess } from './window-failure.ts'

/** A fresh mapping, before it is a window; made by `map-window.ts`. */
export interface MappedWindow {
  source: MapSource
  native: NativeWindow
  /** The fault flag, one word; zero as long as nothing faulted. */
  flag: Uint32Array
  /** Offset of the window in the source. */
  address: number
  length: number
  /** Offset of the window in the mapping, which starts at a page. */
  start: number
  /** Whether 64 bits are one access. */
  has64BitAccess: boolean
  /** A full barrier. */
  fence(): void
  /** Why the access that raised the flag failed, where that is known better than by a signal. */
  reason?(): string | undefined
}

// What programs without types give is not a number, perhaps: `&` and `>>>` would throw of a bigint.

/** Whether a value has no other bits than these, and no sign. */
export function isWithin(value: number, ones: number): boolean {
  return typeof value === 'number' && (value & ones) === value
}

/** Whether it is one of 32 bits, with or without a sign. */
export function is32Bits(value: number): boolean {
  return typeof value === 'number' && (value >>> 0 === value || (value | 0) === value)
}

/** Where a thread that is to end does so; see `NativeWindow.wait`. */
const look = (): void => {}

/**
 * A stretch of this machine's memory, mapped as one piece, with synchronous accessors for
 * user-space drivers. Offsets are bytes from its start. Each accessor makes exactly one access of
 * its width, and throws before anything is touched when the offset is misaligned (EALIGN), outside
 * (ERANGE) or the window is closed (ECLOSED), and afterwards when the access faulted (EFAULT_BUS,
 * EFAULT_SEGV). A window belongs to one thread: a worker maps its own.
 */
export abstract class Window extends ByWidth {
  readonly name: string
  /** Offset of the window in its source. */
  readonly address: number
  /** Length in bytes. */
  readonly length: number
  readonly writable: boolean
  readonly #native: NativeWindow
  readonly #source: MapSource
  readonly #start: number
  readonly #flag: Uint32Array
  readonly #mapped: MappedWindow
  #open = true

  protected constructor(mapped: MappedWindow) {
    super()
    this.name = mapped.source.name
    this.address = mapped.address
    this.length = mapped.length
    this.writable = mapped.source.mode === 'write'
    this.#native = mapped.native
    this.#source = mapped.source
    this.#start = mapped.start
    this.#flag = mapped.flag
    this.#mapped = mapped
  }

  override update8(offset: number, mask: number, value: number): UpdateResult<number> {
    const bits = isWithin(mask, 0xff) ? mask : Number(this.#mask(mask, 8, offset))
    const next = isWithin(value, 0xff) ? value : this.toNumber(value, 8, offset)
    if (!this.writable) this.refuse(offset, 8, 'write')
    const old = this.read8(offset)
    const written = (old & ~bits) | (next & bits)
    this.write8(offset, written)
    return { old, written }
  }

  override update16(offset: number, mask: number, value: number): UpdateResult<number> {
    const bits = isWithin(mask, 0xffff) ? mask : Number(this.#mask(mask, 16, offset))
    const next = isWithin(value, 0xffff) ? value : this.toNumber(value, 16, offset)
    if (!this.writable) this.refuse(offset, 16, 'write')
    const old = this.read16(offset)
    const written = (old & ~bits) | (next & bits)
    this.write16(offset, written)
    return { old, written }
  }

  override update32(offset: number, mask: number, value: number): UpdateResult<number> {
    if (!is32Bits(mask)) mask = Number(this.#mask(mask, 32, offset))
    if (!is32Bits(value)) value = this.toNumber(value, 32, offset)
    if (!this.writable) this.refuse(offset, 32, 'write')
    const old = this.read32(offset)
    const written = ((old & ~mask) | (value & mask)) >>> 0
    this.write32(offset, written)
    return { old, written }
  }

  override update64(offset: number, mask: Value, value: Value): UpdateResult<bigint> {
    const bits = BigInt(this.#mask(mask, 64, offset))
    const next = this.toBigint(value, offset)
    if (!this.writable) this.refuse(offset, 64, 'write')
    const old = this.read64(offset)
    const written = (old & ~bits) | (next & bits)
    this.write64(offset, written)
    return { old, written }
  }

  /**
   * Blocks until `(value & mask) === equals`; throws ETIMEOUT after `timeoutMs` (default 1000). Between
   * two loads it pauses `intervalUs` (default 100; 0 for none). Negative values are taken as by
   * `update8`.
   */
  wait8(offset: number, options: Omit<WaitOptions, 'signal'>): WaitResult<number> {
    return this.#wait(offset, 8, options)
  }

  /** As `wait8`, with loads of `width` bits. */
  wait<W extends Width>(
    offset: number,
    width: W,
    options: Omit<WaitOptions, 'signal'>,
  ): WaitResult<ValueOf<W>> {
    if (!WIDTHS.includes(width)) this.refuseWidth(offset, width as never)
    return this.#wait(offset, width, options)
  }

  /** As `wait8`, with 16-bit loads. */
  wait16(offset: number, options: Omit<WaitOptions, 'signal'>): WaitResult<number> {
    return this.#wait(offset, 16, options)
  }

  /** As `wait8`, with 32-bit loads. */
  wait32(offset: number, options: Omit<WaitOptions, 'signal'>): WaitResult<number> {
    return this.#wait(offset, 32, options)
  }

  /** As `wait8`, with 64-bit loads. */
  wait64(offset: number, options: Omit<WaitOptions, 'signal'>): WaitResult<bigint> {
    return this.#wait(offset, 64, options)
  }

  /**
   * `count` loads of `width` bits each, at rising offsets or all at the same (a FIFO). The bytes are
   * returned as they lie in memory. A fault's error says in `data.elementsDone` how far it came.
   */
  readBlock(
    offset: number,
    width: Width,
    count: number,
    stepping: Stepping = 'increment',
  ): Uint8Array {
    this.#checkStep({ op: 'readBlock', address: 0, width, count, stepping }, offset)
    const bytes = width / 8
    const fixed = stepping === 'fixed'
    this.#checkPlace(offset, width, fixed ? 1 : count, 'read')
    const data = new Uint8Array(count * bytes)
    const done = this.#native.readBlock(this.#start + offset, bytes, fixed, data)
    if (this.#flag[0] !== 0) this.failed(width, 'read', { done, count })
    this.#checkPresent(offset, width, fixed ? 1 : count, 'read', count)
    return data
  }

  /** Stores `data` in pieces of `width` bits; its length is a multiple of the width. */
  writeBlock(
    offset: number,
    width: Width,
    data: Uint8Array,
    stepping: Stepping = 'increment',
  ): void {
    this.#checkStep({ op: 'writeBlock', address: 0, width, data, stepping }, offset)
    const fixed = stepping === 'fixed'
    const count = data.length / (width / 8)
    this.#checkPlace(offset, width, fixed ? 1 : count, 'write')
    this.#storeBlock(offset, width, data, fixed)
  }

  /** `count` stores of the same value at rising offsets. */
  fill(offset: number, width: Width, count: number, value: Value): void {
    const step: FillStep = { op: 'fill', address: 0, width, count, value }
    const taken = this.#checkStep(step, offset).value
    this.#checkPlace(offset, width, count, 'write')
    const bytes = width / 8
    const data = new Uint8Array(count * bytes)
    const view = viewOf(data)
    for (let at = 0; at < data.length; at += bytes) setElement(view, at, width, taken)
    this.#storeBlock(offset, width, data, false)
  }

  /** A full barrier: every access before it is complete before any access after it. */
  fence(): void {
    if (!this.#open) throw closedError(this.name)
    this.#mapped.fence()
  }

  /** Unmaps. Running it twice is allowed; every other use afterwards is ECLOSED. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    this.forget()
    this.#native.close()
    this.#source.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  protected get has64BitAccess(): boolean {
    return this.#mapped.has64BitAccess
  }

  /** Makes every single accessor refuse from now on; called before the mapping goes away. */
  protected abstract forget(): void

  /** Says why an access with these arguments is not made. */
  protected refuse(offset: number, width: Width, direction: 'read' | 'write'): never {
    const state = { open: this.#open, start: this.#start }
    throw refusedAccess(this, state, { offset, width, direction })
  }

  protected override refuseWidth(offset: number, width: never): never {
    this.#checkStep({ op: 'read', address: 0, width }, offset)
    return this.refuse(offset, width, 'read')
  }

  /** A value up to 32 bits without a sign. EVALUE when the width does not hold it. */
  protected toNumber(value: number, width: Width, offset: number): number {
    const taken = unsigned(value, width)
    if (taken === undefined) throw valueError(value, width, 'value', this.#atAny(offset))
    return Number(taken)
  }

  /** The same for 64 bits. */
  protected toBigint(value: Value, offset: number): bigint {
    const taken = unsigned(value, 64)
    if (taken === undefined) throw valueError(value, 64, 'value', this.#atAny(offset))
    return BigInt(taken)
  }

  /** After the fault flag was seen: maps the page back and throws what happened. */
  protected failed(width: Width, direction: 'read' | 'write', block?: BlockEnd): never {
    const bus = this.#flag[0] === 1
    const at = this.#native.recover() - this.#start
    const reason = this.#mapped.reason?.() ?? faultReason(bus, this.#source.regularFile)
    const code = bus ? 'EFAULT_BUS' : 'EFAULT_SEGV'
    throw failedAccess(this.name, code, { ...this.#at(at), width, direction, reason }, block)
  }

  /**
   * Refuses a stretch of `count` elements that is not wholly accessible. Single accesses do not look
   * whether the device is still there, since a look takes a thousand times as long.
   */
  #checkPlace(offset: number, width: Width, count: number, direction: 'read' | 'write'): void {
    if (typeof offset !== 'number') this.refuse(offset, width, direction)
    const bytes = width / 8
    const last = offset + (count - 1) * bytes
    const begins = Number.isInteger(offset) && offset >= 0 && offset + bytes <= this.length
    const inside = begins && last + bytes <= this.length
    const exists = width !== 64 || this.has64BitAccess
    const allowed = this.#open && (direction === 'read' || this.writable)
    if (!allowed || !inside || !exists || (this.#start + offset) % bytes !== 0) {
      this.refuse(inside || !begins ? offset : last, width, direction)
    }
    const lost = this.#source.lost?.()
    if (lost) throw lost
  }

  /** The stores of a block whose place was checked. */
  #storeBlock(offset: number, width: Width, data: Uint8Array, fixed: boolean): void {
    const bytes = width / 8
    const count = data.length / bytes
    // A copy by its constructor: `slice` of a Node Buffer is the same memory.
    const aligned = data.byteOffset % bytes === 0 ? data : new Uint8Array(data)
    const done = this.#native.writeBlock(this.#start + offset, bytes, fixed, aligned)
    if (this.#flag[0] !== 0) this.failed(width, 'write', { done, count })
    this.#checkPresent(offset, width, fixed ? 1 : count, 'write', count)
  }

  /**
   * After a block or a wait: in the last page of a regular file, bytes beyond its end read as zero
   * and swallow writes without a fault. Single accesses do not look, since a look costs 300 ns.
   */
  #checkPresent(
    offset: number,
    width: Width,
    count: number,
    direction: 'read' | 'write',
    ofBlock?: number,
  ): void {
    if (!this.#source.regularFile) return
    const bytes = width / 8
    const first = this.#source.base + this.address + offset
    const good = Math.floor((fstatSync(this.#source.fd).size - first) / bytes)
    if (good >= count) return
    const done = Math.max(0, good)
    const reason = 'the file ends before'
    const data = { ...this.#at(offset + done * bytes), width, direction, reason }
    const block = ofBlock === undefined ? undefined : { done, count: ofBlock }
    throw failedAccess(this.name, 'EFAULT_BUS', data, block)
  }

  #at(offset: number): { address: number; offset: number } {
    return { address: this.address + offset, offset }
  }

  /** The same of an offset that may be none. */
  #atAny(offset: number) {
    return typeof offset === 'number' ? this.#at(offset) : {}
  }

  #mask(mask: Value, width: Width, offset: number): Value {
    const taken = unsignedMask(mask, width)
    if (taken === undefined) throw valueError(mask, width, 'mask', this.#atAny(offset))
    return taken
  }

  #wait<W extends Width>(
    offset: number,
    width: W,
    options: Omit<WaitOptions, 'signal'>,
  ): WaitResult<ValueOf<W>> {
    checkWindowWaitOptions(options)
    const { equals, negate = false, timeoutMs = DEFAULT_TIMEOUT_MS } = options
    const { mask = allOnes(width), intervalUs = DEFAULT_INTERVAL_US } = options
    this.#checkPlace(offset, width, 1, 'read')
    const step = this.#checkStep<WaitStep>(
      { op: 'wait', address: 0, width, mask, equals, negate, timeoutMs, intervalUs },
      offset,
    )
    const cells = new BigUint64Array(2)
    const end = this.#native.wait(
      this.#start + offset,
      width / 8,
      BigInt(step.mask),
      BigInt(step.equals),
      negate,
      timeoutMs,
      intervalUs,
      cells,
      look,
    )
    if (this.#flag[0] !== 0) this.failed(width, 'read')
    this.#checkPresent(offset, width, 1, 'read')
    const seen = cells[0] as bigint
    const value = (width === 64 ? seen : Number(seen)) as ValueOf<W>
    if (end === 0) return { value, elapsedUs: Number(cells[1]) / 1000 }
    const at = { address: this.address + offset, offset }
    const place = `${formatAddress(at.address)} (${this.name})`
    throw timeoutError(place, step, value, { data: { ...at, width, direction: 'read' } })
  }

  /** The step without a sign; the error names the offset in this window. */
  #checkStep<S extends Step>(step: S, offset: number): S {
    if (typeof offset !== 'number') throw notNumber(offset, 'offset')
    try {
      return checkStep(step, 0) as S
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      throw retell(error, { data: { step: undefined, ...this.#at(offset) } })
    }
  }
}
