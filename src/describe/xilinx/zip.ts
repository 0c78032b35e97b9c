/**
 * Files in a zip archive (PKWARE's APPNOTE 6.3.10, 4.3): stored or deflated ones, within bounds. No
 * more is unpacked than is asked for.
 */
import { crc32, inflateRawSync } from 'node:zlib'
import { counted } from '../../text/count.ts'

interface ZipEntry {
  name: string
  /** Bytes when unpacked. */
  size: number
}

interface Found extends ZipEntry {
  method: number
  packed: number
  offset: number
  crc: number
}

/** What is wrong with an archive, in a few words. */
export class ZipError extends Error {}

const MOST_ENTRIES = 65_535
/** Bytes of one file, unpacked: as many as a description may have. */
const LARGEST = 64 * 1024 * 1024
const [END, CENTRAL, LOCAL] = [0x0605_4b50, 0x0201_4b50, 0x0403_4b50] as const
const END_BYTES = 22
const LONGEST_COMMENT = 0xffff

export class Zip {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #entries = new Map<string, Found>()

  /** Throws a ZipError for what is not an archive, is cut off, or needs zip64. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const end = this.#end()
    const count = this.#view.getUint16(end + 10, true)
    let at = this.#view.getUint32(end + 16, true)
    if (count === MOST_ENTRIES || at === 0xffff_ffff) throw new ZipError('zip64 is not read')
    for (let index = 0; index < count; index++) at = this.#entry(at)
  }

  get entries(): readonly ZipEntry[] {
    return [...this.#entries.values()].map(({ name, size }) => ({ name, size }))
  }

  /** Throws a ZipError for a file that is encrypted, too long, damaged, or packed otherwise. */
  read(name: string): Uint8Array {
    const entry = this.#entries.get(name)
    if (entry === undefined) throw new ZipError(`there is no ${name} in it`)
    const { method, packed, offset, size, crc } = entry
    if (size > LARGEST)
      throw new ZipError(`${name} has ${counted(size, 'byte')}: at most ${LARGEST} are read`)
    this.#need(offset, 30)
    if (this.#view.getUint32(offset, true) !== LOCAL)
      throw new ZipError(`${name} is not where it is said to be`)
    const start =
      offset +
      30 +
      this.#view.getUint16(offset + 26, true) +
      this.#view.getUint16(offset + 28, true)
    this.#need(start, packed)
    const data = this.#bytes.subarray(start, start + packed)
    const plain = method === 0 ? data : inflated(name, method, data)
    if (plain.length !== size || crc32(plain) !== crc) throw new ZipError(`${name} is damaged`)
    return plain
  }

  /** Where the record at the end is: after it stands a comment. */
  #end(): number {
    const last = this.#bytes.length - END_BYTES
    for (let at = last; at >= 0 && at >= last - LONGEST_COMMENT; at--) {
      if (this.#view.getUint32(at, true) === END) return at
    }
    throw new ZipError('the archive is cut off')
  }

  /** Notes the entry that begins here; gives where the next one does. */
  #entry(at: number): number {
    this.#need(at, 46)
    const view = this.#view
    if (view.getUint32(at, true) !== CENTRAL) throw new ZipError('its list of files is damaged')
    const length = view.getUint16(at + 28, true)
    this.#need(at + 46, length)
    const name = new TextDecoder().decode(this.#bytes.subarray(at + 46, at + 46 + length))
    const found: Found = {
      name,
      // Bit 0: encrypted.
      method: view.getUint16(at + 8, true) & 1 ? -1 : view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    }
    if (!this.#entries.has(name)) this.#entries.set(name, found)
    return at + 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }

  #need(at: number, bytes: number): void {
    if (at + bytes > this.#bytes.length) throw new ZipError('the archive is cut off')
  }
}

function inflated(name: string, method: number, data: Uint8Array): Uint8Array {
  if (method === -1) throw new ZipError(`${name} is encrypted`)
  if (method !== 8)
    throw new ZipError(`${name} is compressed by method ${method}: expected deflate`)
  try {
    return inflateRawSync(data, { maxOutputLength: LARGEST })
  } catch {
    throw new ZipError(`${name} is damaged`)
  }
}
