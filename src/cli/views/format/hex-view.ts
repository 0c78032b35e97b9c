import type { Endian } from '../../../base/endian.ts'
import type { Width } from '../../../base/width.ts'
import { counted } from '../../../text/count.ts'

export interface HexViewOptions {
  width: Width
  endian: Endian
  /** Shows rows that repeat the one before as a single `*`. */
  collapse: boolean
  /** Leaves out addresses and text. */
  quiet: boolean
  /** The start and the end of what will be shown: addresses are as wide as the end needs. */
  start: number
  end: number
  /** What is shown for address 0. */
  origin: bigint
  /** What is shown are offsets, not addresses. */
  offsets?: boolean
}

const ROW_BYTES = 16
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const TEXT = Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
)

/** Rows of 16 bytes: address, elements, and the bytes as text in the order in which they lie. */
export class HexView {
  readonly #options: HexViewOptions
  readonly #digits: number
  readonly #valuesWidth: number
  readonly #last = new Uint8Array(ROW_BYTES)
  #hasLast = false
  #collapsed = false
  #pending = new Uint8Array(0)
  #address = 0

  constructor(options: HexViewOptions) {
    this.#options = options
    const last = options.origin + BigInt(options.end - 1)
    this.#digits = Math.max(8, last.toString(16).length)
    const elements = (ROW_BYTES * 8) / options.width
    this.#valuesWidth = elements * (options.width / 4 + 1) + (options.width === 8 ? 1 : 0) - 1
  }

  /** The rows that are complete with these bytes, which follow on the last. */
  add(address: number, bytes: Uint8Array): string {
    const all = this.#pending.length === 0 ? bytes : join(this.#pending, bytes)
    const start = address - this.#pending.length
    let text = ''
    let done = 0
    for (let room = this.#room(start); done + room <= all.length; room = ROW_BYTES) {
      text += this.#row(start + done, all.subarray(done, done + room))
      done += room
    }
    this.#pending = all.slice(done)
    this.#address = start + done
    return text
  }

  /** What is left, then one line about a stretch that could not be read. */
  gap(address: number, length: number, reason: string): string {
    // The row of what is missing has the address where rows that were left out end.
    const text = this.#flush()
    this.#hasLast = false
    this.#collapsed = false
    return `${text}${this.#showAddress(address)}  -- ${counted(length, 'byte')} missing: ${reason}\n`
  }

  /** The rest of the last row. Where rows were left out at the end, also the address after them. */
  end(): string {
    const rest = this.#flush()
    const behind = this.#collapsed && rest === '' && !this.#options.quiet
    return behind ? `${this.#showAddress(this.#address)}\n` : rest
  }

  #flush(): string {
    const rest = this.#pending
    this.#pending = new Uint8Array(0)
    if (rest.length === 0) return ''
    this.#hasLast = false
    return this.#row(this.#address, rest)
  }

  /** Bytes to the end of a row: after what could not be read the first one is short. */
  #room(address: number): number {
    return ROW_BYTES - ((address - this.#options.start) % ROW_BYTES)
  }

  #row(address: number, bytes: Uint8Array): string {
    if (this.#options.collapse && this.#hasLast && isSame(this.#last, bytes)) {
      const first = !this.#collapsed
      this.#collapsed = true
      return first ? '*\n' : ''
    }
    this.#collapsed = false
    this.#hasLast = bytes.length === ROW_BYTES
    if (this.#hasLast) this.#last.set(bytes)
    const values = this.#values(bytes)
    if (this.#options.quiet) return `${values}\n`
    let text = ''
    for (const byte of bytes) text += TEXT[byte]
    return `${this.#showAddress(address)}  ${values.padEnd(this.#valuesWidth)}  |${text}|\n`
  }

  #values(bytes: Uint8Array): string {
    const { width, endian } = this.#options
    const size = width / 8
    let text = ''
    for (let start = 0; start < bytes.length; start += size) {
      if (start > 0) text += width === 8 && start === ROW_BYTES / 2 ? '  ' : ' '
      if (endian === 'big') for (let i = 0; i < size; i++) text += HEX[bytes[start + i] as number]
      else for (let i = size - 1; i >= 0; i--) text += HEX[bytes[start + i] as number]
    }
    return text
  }

  #showAddress(address: number): string {
    const { origin, offsets } = this.#options
    if (offsets) return `+0x${address.toString(16).padStart(this.#digits, '0')}`
    const shown = origin === 0n ? address : origin + BigInt(address)
    return `0x${shown.toString(16).padStart(this.#digits, '0')}`
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}
