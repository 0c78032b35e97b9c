/**
 * The packets of GDB's remote protocol: `$DATA#CHECKSUM`, in which `}` escapes a byte and `*` repeats
 * one (the GDB manual, appendix "Remote Serial Protocol", "Overview" and "Packet Acknowledgment").
 */
import { counted } from '../../text/count.ts'
import { formatHex } from '../../text/number.ts'
import { clip } from '../../text/refuse.ts'
import { Malformed } from '../bytes.ts'

/** A packet's data, one character for each byte; or an acknowledgment of what was sent. */
export type Came = { packet: string } | 'damaged' | 'taken' | 'refused'

/** Bytes of a packet, before and after repetitions are written out. */
export const PACKET_MOST = 64 * 1024

const [PLUS, MINUS, DOLLAR, PERCENT, HASH, ESCAPE, STAR] = [
  0x2b, 0x2d, 0x24, 0x25, 0x23, 0x7d, 0x2a,
]

/** The bytes of a packet; `data` has a character for each byte. */
export function packetOf(data: string): Uint8Array {
  const escaped = data.replace(
    /[$#}*]/g,
    (one) => `}${String.fromCharCode(one.charCodeAt(0) ^ 0x20)}`,
  )
  return Buffer.from(`$${escaped}#${checksum(Buffer.from(escaped, 'latin1'))}`, 'latin1')
}

function checksum(bytes: Iterable<number>): string {
  let sum = 0
  for (const byte of bytes) sum = (sum + byte) & 0xff
  return sum.toString(16).padStart(2, '0')
}

/** Takes apart what a server sends, of which nothing is trusted. Its memory is bounded. */
export class PacketParser {
  /** What has come of a packet, from behind its first byte. */
  #bytes: number[] | undefined
  #isNotice = false
  /** Of the checksum. */
  #digits = ''
  #inChecksum = false;

  /** Throws Malformed for what is no packet, and for one that is too long. */
  *take(chunk: Uint8Array): Generator<Came> {
    for (const [at, byte] of chunk.entries()) {
      const came =
        this.#bytes === undefined
          ? this.#outside(byte, chunk.subarray(at))
          : this.#inside(byte, this.#bytes)
      if (came !== undefined) yield came
    }
  }

  #outside(byte: number, rest: Uint8Array): Came | undefined {
    if (byte === PLUS) return 'taken'
    if (byte === MINUS) return 'refused'
    if (byte !== DOLLAR && byte !== PERCENT) {
      const text = clip(Buffer.from(rest.subarray(0, 40)).toString('latin1').trim())
      throw new Malformed(`the byte ${formatHex(byte, 8)} in place of a packet: ${text}`)
    }
    this.#bytes = []
    this.#isNotice = byte === PERCENT
    return undefined
  }

  #inside(byte: number, bytes: number[]): Came | undefined {
    if (!this.#inChecksum) {
      if (byte === HASH) this.#inChecksum = true
      else if (bytes.push(byte) > PACKET_MOST) throw tooLong()
      return undefined
    }
    this.#digits += String.fromCharCode(byte)
    if (this.#digits.length < 2) return undefined
    const isWhole = this.#digits.toLowerCase() === checksum(bytes)
    this.#bytes = undefined
    this.#digits = ''
    this.#inChecksum = false
    // Nobody acknowledges a notification, and physmem has asked for none.
    if (this.#isNotice) return undefined
    return isWhole ? { packet: writtenOut(bytes) } : 'damaged'
  }
}

const tooLong = () => new Malformed(`a packet of more than ${counted(PACKET_MOST, 'byte')}`)

function writtenOut(bytes: readonly number[]): string {
  const data: string[] = []
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    const next = bytes[at + 1]
    if (byte === ESCAPE) {
      if (next === undefined) throw new Malformed('a packet that ends in an escape')
      data.push(String.fromCharCode(next ^ 0x20))
      at++
    } else if (byte === STAR) {
      const times = (next ?? 0) - 29
      const last = data.at(-1)
      if (last === undefined || times < 3 || times > 97) {
        throw new Malformed('a repetition of nothing, or of no number of times')
      }
      for (let count = 0; count < times; count++) data.push(last)
      at++
    } else data.push(String.fromCharCode(byte as number))
    if (data.length > PACKET_MOST) throw tooLong()
  }
  return data.join('')
}
